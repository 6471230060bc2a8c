//! Freezing stops a wallet's signatures at once; only a person thaws.

use std::sync::Arc;

use vaultpilot_audit::{Action, Outcome};
use vaultpilot_core::{Caller, Timestamp, Wallet, WalletState};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::WalletRef;

use crate::App;
use crate::error::OrFault;
use crate::resource::free;

/// The longest reason kept.
const MAX_REASON: usize = 200;

impl App {
    pub(crate) async fn wallet_stop(
        &self,
        caller: &Caller,
        wallet: &WalletRef,
        reason: &str,
    ) -> Result<Arc<Wallet>, Fault> {
        let reason: String = reason
            .chars()
            .filter(|c| !c.is_control())
            .take(MAX_REASON)
            .collect();
        if reason.trim().is_empty() {
            return Err(Fault::invalid(
                "reason_empty",
                "reason",
                "say why, in a few words",
            ));
        }
        // A freeze is never refused for its words, and its words never pass for a resource's or for
        // an import's.
        let reason = if is_resources(&reason) || is_imports(&reason) {
            format!("reason given: {reason}")
        } else {
            reason
        };
        let to = |from: &Wallet, at| stopped(&from.state, WalletState::Frozen { reason, at });
        self.wallet_move(caller, wallet, to, Action::WalletFrozen)
            .await
    }

    /// Lets a frozen or halted wallet sign again. People only; the door has checked that. A key that
    /// was brought along goes on where its chains are.
    pub(crate) async fn wallet_release(
        &self,
        caller: &Caller,
        wallet: &WalletRef,
    ) -> Result<Arc<Wallet>, Fault> {
        let to = |from: &Wallet, at| match &from.state {
            WalletState::Halted { chain, .. } => WalletState::Resumed {
                at,
                chains: vec![*chain],
            },
            WalletState::Frozen { reason, .. } if is_imports(reason) => WalletState::Resumed {
                at,
                chains: from.chains.clone(),
            },
            state if state.may_sign() => state.clone(),
            _ => WalletState::Active,
        };
        self.wallet_move(caller, wallet, to, Action::WalletThawed)
            .await
    }

    async fn wallet_move(
        &self,
        caller: &Caller,
        wallet: &WalletRef,
        to: impl FnOnce(&Wallet, Timestamp) -> WalletState,
        action: Action,
    ) -> Result<Arc<Wallet>, Fault> {
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let found = super::find(tx.as_mut(), wallet).await.fault()?;
        let mut found = found.ok_or_else(|| Fault::not_found("wallet", wallet))?;
        if action == Action::WalletThawed {
            may_thaw(&found)?;
        }
        let state = to(&found, self.now());
        if found.state == state {
            return Ok(Arc::new(found));
        }
        tx.wallet_update(found.id, &state).await.fault()?;
        let mut draft = self.draft(caller, action, Outcome::Succeeded);
        draft.wallet = Some(found.id);
        if let Some(reason) = frozen_why(&state) {
            draft = draft.fact("reason", reason);
        }
        tx.audit_append(vec![draft]).await.fault()?;
        tx.commit().await.fault()?;
        found.state = state;
        self.feed.changed(caller.tenant);
        Ok(Arc::new(found))
    }
}

/// How a resource's own freeze begins.
pub(crate) const BY_RESOURCE: &str = "frozen by ";

/// How the freeze of a wallet begins whose key was imported and shall not sign yet.
pub(crate) const IMPORTED: &str = "imported ";

fn is_imports(reason: &str) -> bool {
    reason.trim_start().starts_with(IMPORTED)
}

fn is_resources(reason: &str) -> bool {
    reason.trim_start().starts_with(BY_RESOURCE)
}

/// A wallet stays as somebody froze it first, and as it was halted. A resource's freeze ends with the
/// resource's wish, so one by anybody else takes its place; in a detached or restored wallet it
/// waits.
fn stopped(from: &WalletState, frozen: WalletState) -> WalletState {
    match from {
        WalletState::Detached { at, was } => WalletState::Detached {
            at: *at,
            was: Box::new(stopped(was, frozen)),
        },
        // What is frozen now is frozen when it is reconciled, and a thaw goes no way round that.
        WalletState::Restored { at, was } => WalletState::Restored {
            at: *at,
            was: Box::new(stopped(was, frozen)),
        },
        WalletState::Frozen { reason, .. } if !is_resources(reason) => from.clone(),
        WalletState::Halted { .. } => from.clone(),
        _ => frozen,
    }
}

fn frozen_why(state: &WalletState) -> Option<&str> {
    match state {
        WalletState::Frozen { reason, .. } => Some(reason),
        WalletState::Detached { was, .. } | WalletState::Restored { was, .. } => frozen_why(was),
        _ => None,
    }
}

/// What a resource has frozen or let go comes back through that resource.
fn may_thaw(wallet: &Wallet) -> Result<(), Fault> {
    match &wallet.state {
        WalletState::Detached { .. } => {
            let message = format!(
                "wallet {} is detached; make its Wallet resource again",
                wallet.label
            );
            Err(Fault::conflict("wallet_detached", message))
        }
        WalletState::Restored { .. } => {
            let message = format!(
                "wallet {} came out of a backup; see what its chains say, then: vaultpilot backup \
                 reconcile --wallet {} --acknowledge",
                wallet.label, wallet.label
            );
            Err(Fault::conflict("wallet_restored", message))
        }
        WalletState::Frozen { reason, .. } if is_resources(reason) => {
            free(wallet.managed.as_ref(), &format!("wallet {}", wallet.label))
        }
        _ => Ok(()),
    }
}
