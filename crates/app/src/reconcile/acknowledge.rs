//! A person has seen the gap. What may have been paid is refused for good, and the wallet begins
//! where its chains are: all of it in one transaction.

use vaultpilot_audit::{Action, Draft, Outcome};
use vaultpilot_core::{Caller, ChainId, Timestamp, Wallet, WalletState};
use vaultpilot_intent::{Event, Intent, IntentState, Refusal, StateName, step};
use vaultpilot_ports::store::ApprovalState;
use vaultpilot_ports::{Fault, Tx};

use super::look::{UNSIGNED, not_restored, payments};
use super::{ChainStanding, RestoredWallet};
use crate::error::OrFault;
use crate::feed::Moved;
use crate::{App, view};

impl App {
    pub(crate) async fn restored_acknowledge(
        &self,
        caller: &Caller,
        wallet: &Wallet,
    ) -> Result<RestoredWallet, Fault> {
        let mut seen = self.restored_look(wallet).await?;
        let silent = |it: &&super::RestoredChain| it.standing == ChainStanding::Unreachable;
        if let Some(silent) = seen.chains.iter().find(silent) {
            let message = format!(
                "{} does not answer, so nobody can tell what wallet {} has paid there; try again",
                silent.chain, wallet.label
            );
            return Err(Fault::unavailable("chain_unreachable", message));
        }
        let ahead = ahead(&seen, wallet);
        let now = self.now();
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let stored = tx.wallet_fetch(wallet.id).await.fault()?;
        let mut stored = stored.ok_or_else(|| Fault::not_found("wallet", &wallet.label))?;
        if stored.state.before_restore().is_none() {
            return Err(not_restored(&stored));
        }
        let state = reconciled(stored.state, &ahead, now);
        tx.wallet_update(stored.id, &state).await.fault()?;
        let refused = payments(tx.as_mut(), stored.id, UNSIGNED.to_vec()).await?;
        let mut drafts = Vec::new();
        for intent in &refused {
            drafts.push(self.restored_refuse(caller, tx.as_mut(), intent).await?);
        }
        self.restored_strategies(tx.as_mut(), stored.id).await?;
        drafts.push(self.reconciled_draft(caller, &seen, &stored.label, refused.len()));
        if let Some(draft) = drafts.last_mut() {
            draft.wallet = Some(stored.id);
        }
        tx.audit_append(drafts).await.fault()?;
        tx.commit().await.fault()?;
        self.feed.changed(caller.tenant);
        for intent in &refused {
            self.feed.tell(Moved {
                tenant: caller.tenant,
                intent: intent.id,
                state: StateName::Refused,
            });
        }
        stored.state = state;
        seen.state = view::wallet(&stored).state;
        seen.acknowledged = true;
        Ok(seen)
    }

    /// It may have been paid after the backup: it is never paid from here.
    async fn restored_refuse(
        &self,
        caller: &Caller,
        tx: &mut dyn Tx,
        intent: &Intent,
    ) -> Result<Draft, Fault> {
        let now = self.now();
        let found = tx.intent_fetch(intent.id).await.fault()?;
        let (mut intent, decision) =
            found.ok_or_else(|| Fault::not_found("transaction", intent.id))?;
        let from = intent.state.name();
        let asked = match &intent.state {
            IntentState::AwaitingApproval { approval, .. } => Some(*approval),
            _ => None,
        };
        let event = Event::Refused {
            at: now,
            refusal: Refusal::Restored,
        };
        let (state, _) = step(intent.state, event)
            .map_err(|error| Fault::conflict("transaction_state", error.to_string()))?;
        intent.state = state;
        tx.reservation_release(intent.id).await.fault()?;
        tx.intent_update(from, &intent, &decision).await.fault()?;
        if let Some(id) = asked
            && let Some(approval) = tx.approval_fetch(id).await.fault()?
            && matches!(approval.state, ApprovalState::Waiting { .. })
        {
            let withdrawn = ApprovalState::Withdrawn { at: now };
            tx.approval_update(&approval, &withdrawn).await.fault()?;
        }
        let mut draft = self.about(caller, Action::IntentMoved, &intent);
        draft.outcome = Outcome::Failed;
        Ok(draft
            .fact("state", StateName::Refused.as_str())
            .fact("reason", Refusal::Restored.code()))
    }

    fn reconciled_draft(
        &self,
        caller: &Caller,
        seen: &RestoredWallet,
        label: &vaultpilot_core::Label,
        refused: usize,
    ) -> Draft {
        let draft = self.draft(caller, Action::WalletReconciled, Outcome::Succeeded);
        let mut draft = draft
            .fact("label", label)
            .fact("unknown_transactions", seen.unknown_transactions)
            .fact("refused", refused)
            .fact("followed", seen.followed.len());
        for chain in &seen.chains {
            let pending = chain
                .pending
                .map_or_else(|| "-".to_owned(), |it| it.to_string());
            let told = format!("database {} chain {pending}", chain.database);
            draft = draft.fact(&chain.chain, told);
        }
        draft
    }
}

/// Where the wallet must begin at the chain's nonce.
fn ahead(seen: &RestoredWallet, wallet: &Wallet) -> Vec<ChainId> {
    let is_ahead = |chain: &&ChainId| {
        let id = chain.to_string();
        let mut known = seen.chains.iter().filter(|it| it.chain == id);
        known.any(|it| {
            matches!(
                it.standing,
                ChainStanding::Ahead | ChainStanding::NotConfigured
            )
        })
    };
    wallet.chains.iter().filter(is_ahead).copied().collect()
}

/// The state it had, and where its chains are ahead one that knows of it.
fn reconciled(state: WalletState, ahead: &[ChainId], now: Timestamp) -> WalletState {
    match state {
        WalletState::Detached { at, was } => WalletState::Detached {
            at,
            was: Box::new(reconciled(*was, ahead, now)),
        },
        WalletState::Restored { was, .. } => match *was {
            state if ahead.is_empty() => state,
            WalletState::Active => WalletState::Resumed {
                at: now,
                chains: ahead.to_vec(),
            },
            WalletState::Resumed { mut chains, .. } => {
                chains.extend(ahead);
                chains.sort_unstable();
                chains.dedup();
                WalletState::Resumed { at: now, chains }
            }
            // A person thaws it, and is told then that the chain is ahead.
            state => state,
        },
        other => other,
    }
}
