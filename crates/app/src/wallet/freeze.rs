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
        let reason = reason.as_str();
        let to = |_: &WalletState, at| WalletState::Frozen {
            reason: reason.to_owned(),
            at,
        };
        self.wallet_move(caller, wallet, to, Action::WalletFrozen)
            .await
    }

    /// Lets a frozen or halted wallet sign again. People only; the door has checked that.
    pub(crate) async fn wallet_release(
        &self,
        caller: &Caller,
        wallet: &WalletRef,
    ) -> Result<Arc<Wallet>, Fault> {
        let to = |from: &WalletState, at| match from {
            WalletState::Halted { chain, .. } => WalletState::Resumed { at, chain: *chain },
            _ => WalletState::Active,
        };
        self.wallet_move(caller, wallet, to, Action::WalletThawed)
            .await
    }

    async fn wallet_move(
        &self,
        caller: &Caller,
        wallet: &WalletRef,
        to: impl FnOnce(&WalletState, Timestamp) -> WalletState,
        action: Action,
    ) -> Result<Arc<Wallet>, Fault> {
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        let found = super::find(tx.as_mut(), wallet).await.fault()?;
        let mut found = found.ok_or_else(|| Fault::not_found("wallet", wallet))?;
        if action == Action::WalletThawed {
            may_thaw(&found)?;
        }
        let state = to(&found.state, self.now());
        // A frozen wallet stays as it was frozen first, a halted one as it was halted.
        if found.state.may_sign() == state.may_sign() {
            return Ok(Arc::new(found));
        }
        tx.wallet_update(found.id, &state).await.fault()?;
        let mut draft = self.draft(caller, action, Outcome::Succeeded);
        draft.wallet = Some(found.id);
        if let WalletState::Frozen { reason, .. } = &state {
            draft = draft.fact("reason", reason);
        }
        tx.audit_append(vec![draft]).await.fault()?;
        tx.commit().await.fault()?;
        found.state = state;
        self.feed.changed(caller.tenant);
        Ok(Arc::new(found))
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
        WalletState::Frozen { reason, .. } if reason.starts_with("frozen by ") => {
            free(wallet.managed.as_ref(), &format!("wallet {}", wallet.label))
        }
        _ => Ok(()),
    }
}
