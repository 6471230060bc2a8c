//! A chain in memory: accounts, a pool, blocks mined by hand, and failures on request.
//!
//! It moves native coins and ERC-20 balances, counts nonces and burns gas, so that a test can let a
//! payment really happen, lose it, or reorganise it away. It runs no code.

mod broadcast;
mod codec;
mod ledger;
mod reader;
mod script;

use std::sync::{Arc, Mutex};

use vaultpilot_core::{Address, B256, BaseUnits, ChainId, Token};
use vaultpilot_intent::{Answer, Receipt, SignedTx};
use vaultpilot_ports::ChainError;
use vaultpilot_ports::chain::{ChainView, FeeQuote, Head, Simulation, TokenFacts};

use crate::lock;
use ledger::Ledger;
use script::Script;

pub use script::{Ask, Reach};

/// Clones share one chain.
#[derive(Debug, Clone)]
pub struct FakeChain(Arc<Mutex<World>>);

#[derive(Debug)]
struct World {
    view: ChainView,
    ledger: Ledger,
    script: Script,
}

impl FakeChain {
    /// The development chain `eip155:31337`, with a faucet, final after 2 blocks.
    pub fn new() -> Self {
        Self::with(ChainView {
            id: ChainId::eip155(31_337),
            name: "Devnet".to_owned(),
            currency: "ETH".to_owned(),
            testnet: true,
            confirmations: 2,
            explorer: None,
            faucet: true,
        })
    }

    pub fn with(view: ChainView) -> Self {
        let ledger = Ledger::new(view.id);
        Self(Arc::new(Mutex::new(World {
            view,
            ledger,
            script: Script::default(),
        })))
    }

    pub fn id(&self) -> ChainId {
        lock(&self.0).view.id
    }

    /// Sets a balance.
    pub fn fund(&self, account: Address, token: Token, amount: BaseUnits) -> &Self {
        lock(&self.0).ledger.put_balance(account, token, amount);
        self
    }

    /// Deploys a token.
    pub fn deploy(&self, contract: Address, decimals: u8, symbol: &str) -> &Self {
        let facts = TokenFacts {
            decimals,
            symbol: symbol.to_owned(),
            name: symbol.to_owned(),
        };
        lock(&self.0).ledger.tokens.insert(contract, facts);
        self
    }

    pub fn set_fees(&self, fees: FeeQuote) -> &Self {
        lock(&self.0).ledger.fees = fees;
        self
    }

    /// What `gas` answers from now on, instead of 21 000 or, with calldata, 65 000.
    pub fn set_gas(&self, gas: u64) -> &Self {
        lock(&self.0).script.gas = Some(gas);
        self
    }

    /// What every simulation answers from now on; `None` goes back to the balances.
    pub fn set_simulation(&self, simulation: Option<Simulation>) -> &Self {
        lock(&self.0).script.simulation = simulation;
        self
    }

    /// Every question of this kind fails until `heal`.
    pub fn fail(&self, ask: Ask, error: ChainError) -> &Self {
        lock(&self.0).script.failures.insert(ask, error);
        self
    }

    pub fn heal(&self, ask: Ask) -> &Self {
        lock(&self.0).script.failures.remove(&ask);
        self
    }

    /// The next broadcast gets this answer; `reach` says whether the bytes arrive all the same.
    pub fn answer_next(&self, answer: Answer, reach: Reach) -> &Self {
        lock(&self.0).script.answers.push_back((answer, reach));
        self
    }

    /// Somebody else uses the account's next nonce.
    pub fn take_nonce(&self, account: Address) -> &Self {
        lock(&self.0).ledger.bump_nonce(account);
        self
    }

    /// Mines everything in the pool that can be mined, in one block.
    pub fn mine(&self) -> Head {
        lock(&self.0).ledger.mine()
    }

    /// Mines `count` blocks; the first takes the pool.
    pub fn mine_blocks(&self, count: u64) -> Head {
        let mut world = lock(&self.0);
        for _ in 0..count {
            world.ledger.mine();
        }
        world.ledger.head()
    }

    /// Unmakes the newest `depth` blocks; their transactions are back in the pool.
    pub fn reorganise(&self, depth: usize) -> Head {
        lock(&self.0).ledger.reorganise(depth)
    }

    /// The pool forgets a transaction.
    pub fn forget(&self, hash: B256) -> bool {
        lock(&self.0).ledger.pool.remove(&hash).is_some()
    }

    /// The next mined block reverts this transaction.
    pub fn revert(&self, hash: B256) -> &Self {
        lock(&self.0).ledger.reverts.insert(hash);
        self
    }

    /// A receipt nobody mined. It is known from then on.
    pub fn put_receipt(&self, hash: B256, receipt: Receipt) -> &Self {
        lock(&self.0).ledger.receipts.insert(hash, receipt);
        self
    }

    pub fn balance_of(&self, account: Address, token: Token) -> BaseUnits {
        lock(&self.0).ledger.balance(account, token)
    }

    /// Every broadcast, in order, also those that got nowhere.
    pub fn broadcasts(&self) -> Vec<B256> {
        lock(&self.0).script.broadcasts.clone()
    }

    /// How often a question of this kind was asked.
    pub fn asked(&self, ask: Ask) -> usize {
        lock(&self.0)
            .script
            .asked
            .get(&ask)
            .copied()
            .unwrap_or_default()
    }

    /// Whether a transaction waits in the pool.
    pub fn pools(&self, tx: &SignedTx) -> bool {
        lock(&self.0).ledger.pool.contains_key(&tx.hash)
    }
}

impl Default for FakeChain {
    fn default() -> Self {
        Self::new()
    }
}
