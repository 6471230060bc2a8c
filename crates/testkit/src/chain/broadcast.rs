//! Taking bytes in, and giving coins away.

use alloy_primitives::keccak256;
use async_trait::async_trait;
use vaultpilot_core::{Address, B256, BaseUnits, Bytes, ChainId, Token};
use vaultpilot_intent::{Answer, UnsignedTx};
use vaultpilot_ports::chain::{Broadcaster, ChainError, Faucet};

use super::ledger::Ledger;
use super::script::{Ask, Reach};
use super::{FakeChain, codec};
use crate::lock;

#[async_trait]
impl Broadcaster for FakeChain {
    async fn broadcast(&self, chain: ChainId, raw: &Bytes) -> Answer {
        let mut world = lock(&self.0);
        world.script.broadcasts.push(keccak256(raw));
        if chain != world.view.id {
            return Answer::Rejected;
        }
        match world.script.answers.pop_front() {
            None => take(&mut world.ledger, chain, raw),
            Some((answer, Reach::Nowhere)) => answer,
            Some((answer, Reach::Pool)) => {
                take(&mut world.ledger, chain, raw);
                answer
            }
        }
    }
}

/// What an honest node does and says.
fn take(ledger: &mut Ledger, chain: ChainId, raw: &Bytes) -> Answer {
    let hash = keccak256(raw);
    if ledger.pool.contains_key(&hash) || ledger.receipts.contains_key(&hash) {
        return Answer::AlreadyKnown;
    }
    let Some(tx) = codec::open(raw).filter(|tx| tx.call.chain == chain) else {
        return Answer::Rejected;
    };
    if tx.nonce < ledger.nonces(tx.from).latest {
        return Answer::NonceTooLow;
    }
    let rival = |other: &UnsignedTx| other.from == tx.from && other.nonce == tx.nonce;
    if ledger.pool.values().any(rival) {
        return Answer::Underpriced;
    }
    if !ledger.can_pay(&tx) {
        return Answer::Rejected;
    }
    ledger.pool.insert(hash, tx);
    Answer::Accepted
}

#[async_trait]
impl Faucet for FakeChain {
    async fn fund(
        &self,
        chain: ChainId,
        account: Address,
        amount: BaseUnits,
    ) -> Result<B256, ChainError> {
        let mut world = lock(&self.0);
        world.script.ask(Ask::Fund)?;
        if chain != world.view.id {
            return Err(ChainError::Unknown { chain });
        }
        if !world.view.faucet {
            return Err(ChainError::NoFaucet { chain });
        }
        let before = world.ledger.balance(account, Token::Native);
        world
            .ledger
            .put_balance(account, Token::Native, before.saturating_add(amount));
        let head = world.ledger.mine();
        Ok(keccak256(
            [head.hash.as_slice(), account.as_slice()].concat(),
        ))
    }
}
