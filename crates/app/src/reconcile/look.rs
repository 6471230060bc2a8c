//! The chains are asked, and nothing is changed.

use vaultpilot_core::{ChainId, Wallet, WalletId};
use vaultpilot_intent::{Intent, StateName};
use vaultpilot_ports::store::{IntentFilter, Page};
use vaultpilot_ports::{ChainError, Fault, ReadTx};

use super::{ChainStanding, RestoredChain, RestoredPayment, RestoredWallet};
use crate::error::OrFault;
use crate::{App, view};

/// Nothing was signed for these.
pub(super) const UNSIGNED: [StateName; 2] = [StateName::AwaitingApproval, StateName::Authorized];

impl App {
    /// What this wallet's chains say, if it came out of a backup.
    pub(crate) async fn restored_look(&self, wallet: &Wallet) -> Result<RestoredWallet, Fault> {
        let Some((restored_at, was)) = origin(wallet) else {
            return Err(not_restored(wallet));
        };
        let mut tx = self.store.read(wallet.tenant).await.fault()?;
        let unsigned = payments(tx.as_mut(), wallet.id, UNSIGNED.to_vec()).await?;
        let signed = StateName::ALL
            .into_iter()
            .filter(|state| state.is_in_flight() && !UNSIGNED.contains(state));
        let signed = payments(tx.as_mut(), wallet.id, signed.collect()).await?;
        let mut owned = Vec::new();
        for chain in &wallet.chains {
            let next = tx.nonce_next(*chain, wallet.address).await.fault()?;
            owned.push((*chain, next.unwrap_or_default()));
        }
        drop(tx);
        let asked = owned
            .into_iter()
            .map(|(chain, next)| self.standing(wallet, chain, next));
        let chains = futures::future::join_all(asked).await;
        let mut followed = Vec::new();
        for intent in &signed {
            followed.push(self.followed(intent).await);
        }
        let view = view::wallet(wallet);
        Ok(RestoredWallet {
            id: view.id,
            label: view.label,
            address: view.address,
            restored_at,
            was,
            acknowledged: false,
            state: view.state,
            unknown_transactions: chains
                .iter()
                .filter_map(|chain| Some(chain.pending?.saturating_sub(chain.database)))
                .fold(0, u64::saturating_add),
            chains,
            refused: unsigned.iter().map(payment).collect(),
            followed,
        })
    }

    async fn standing(&self, wallet: &Wallet, chain: ChainId, next: u64) -> RestoredChain {
        let answer = self.chain.nonces(chain, wallet.address).await;
        let standing = match &answer {
            Ok(nonces) if nonces.pending > next => ChainStanding::Ahead,
            Ok(nonces) if nonces.pending < next => ChainStanding::Behind,
            Ok(_) => ChainStanding::Level,
            Err(ChainError::Unknown { .. }) => ChainStanding::NotConfigured,
            Err(_) => ChainStanding::Unreachable,
        };
        RestoredChain {
            chain: chain.to_string(),
            standing,
            database: next,
            latest: answer.as_ref().ok().map(|nonces| nonces.latest),
            pending: answer.as_ref().ok().map(|nonces| nonces.pending),
            error: answer.err().map(|error| error.to_string()),
        }
    }

    async fn followed(&self, intent: &Intent) -> RestoredPayment {
        let mut told = payment(intent);
        if let Some(tx) = intent.state.tx() {
            told.hash = Some(tx.hash.to_string());
            told.known = self.chain.knows(intent.call.chain, tx.hash).await.ok();
        }
        told
    }
}

/// When it came out of a backup, and as what.
fn origin(wallet: &Wallet) -> Option<(String, String)> {
    use vaultpilot_core::WalletState as S;
    fn at(state: &S) -> Option<String> {
        match state {
            S::Restored { at, .. } => Some(at.to_string()),
            S::Detached { was, .. } => at(was),
            _ => None,
        }
    }
    let mut before = wallet.clone();
    before.state = wallet.state.before_restore()?.clone();
    Some((at(&wallet.state)?, view::wallet(&before).state))
}

pub(super) fn not_restored(wallet: &Wallet) -> Fault {
    let message = format!("wallet {} has nothing to be reconciled", wallet.label);
    Fault::conflict("wallet_not_restored", message)
}

/// All payments of the wallet in these states.
pub(super) async fn payments(
    tx: &mut dyn ReadTx,
    wallet: WalletId,
    states: Vec<StateName>,
) -> Result<Vec<Intent>, Fault> {
    let filter = IntentFilter {
        wallet: Some(wallet),
        states,
    };
    let mut page = Page::first(Page::MAX);
    let mut all = Vec::new();
    loop {
        let found = tx.intent_list(&filter, page.clone()).await.fault()?;
        let Some((last, _)) = found.last() else {
            return Ok(all);
        };
        page.after = Some(last.id.to_string());
        all.extend(found.into_iter().map(|(intent, _)| intent));
    }
}

fn payment(intent: &Intent) -> RestoredPayment {
    let (amount, to) = match intent.outflow() {
        Some((_, amount, to)) => (amount, to),
        None => (intent.call.value, intent.call.to),
    };
    RestoredPayment {
        id: intent.id.to_string(),
        chain: intent.call.chain.to_string(),
        state: intent.state.name().as_str().to_owned(),
        to: to.to_checksum(None),
        amount: amount.format(intent.decimals),
        hash: None,
        known: None,
    }
}
