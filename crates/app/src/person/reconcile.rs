//! Wallets that came out of a backup, as people look at them and let them go on.

use vaultpilot_core::{Caller, Permission, Wallet};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::WalletRef;

use super::allowed;
use crate::App;
use crate::error::OrFault;
use crate::reconcile::Reconciliation;
use crate::resource::all_wallets;

impl App {
    /// What the chains say of one restored wallet, or of each.
    ///
    /// # Errors
    /// `Conflict` when the wallet did not come out of a backup.
    pub async fn person_reconcile_look(
        &self,
        caller: &Caller,
        wallet: Option<&WalletRef>,
    ) -> Result<Reconciliation, Fault> {
        allowed(caller, Permission::Read)?;
        let mut wallets = Vec::new();
        for wallet in self.restored(caller, wallet).await? {
            wallets.push(self.restored_look(&wallet).await?);
        }
        Ok(Reconciliation { wallets })
    }

    /// Acknowledges the gap: refuses what may have been paid, and lets the wallets sign again as
    /// they did before.
    ///
    /// # Errors
    /// `Forbidden` for everybody but an owner, `Unavailable` while a chain does not answer. Wallets
    /// before the one that failed are reconciled.
    pub async fn person_reconcile(
        &self,
        caller: &Caller,
        wallet: Option<&WalletRef>,
    ) -> Result<Reconciliation, Fault> {
        allowed(caller, Permission::WalletThaw)?;
        let mut wallets = Vec::new();
        for wallet in self.restored(caller, wallet).await? {
            wallets.push(self.restored_acknowledge(caller, &wallet).await?);
        }
        Ok(Reconciliation { wallets })
    }

    async fn restored(
        &self,
        caller: &Caller,
        wallet: Option<&WalletRef>,
    ) -> Result<Vec<Wallet>, Fault> {
        let mut tx = self.store.read(caller.tenant).await.fault()?;
        if let Some(named) = wallet {
            let found = crate::wallet::find(tx.as_mut(), named).await.fault()?;
            return Ok(vec![
                found.ok_or_else(|| Fault::not_found("wallet", named))?,
            ]);
        }
        let mut all = all_wallets(tx.as_mut()).await?;
        all.retain(|wallet| wallet.state.before_restore().is_some());
        Ok(all)
    }
}
