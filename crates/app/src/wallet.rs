//! Wallets: found, created once, frozen by anybody in doubt, thawed by people only.

mod create;
mod freeze;

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use vaultpilot_core::{Label, TenantId, Wallet, WalletId};
use vaultpilot_ports::control_plane::WalletRef;
use vaultpilot_ports::{Fault, ReadTx, StoreError};

use crate::App;
use crate::error::OrFault;

/// Wallets met before, for reads. Whoever moves money reads the wallet again in its transaction.
#[derive(Default)]
pub(crate) struct KnownWallets {
    by_label: RwLock<HashMap<(TenantId, Label), Arc<Wallet>>>,
    by_id: RwLock<HashMap<WalletId, Arc<Wallet>>>,
}

impl KnownWallets {
    fn get(&self, tenant: TenantId, wallet: &WalletRef) -> Option<Arc<Wallet>> {
        let found = match wallet {
            WalletRef::Id(id) => self.by_id.read().ok()?.get(id).cloned(),
            WalletRef::Label(label) => {
                self.by_label.read().ok()?.get(&(tenant, label.clone())).cloned()
            }
        };
        found.filter(|wallet| wallet.tenant == tenant)
    }

    pub(crate) fn put(&self, wallet: Wallet) -> Arc<Wallet> {
        let wallet = Arc::new(wallet);
        if let (Ok(mut by_label), Ok(mut by_id)) = (self.by_label.write(), self.by_id.write()) {
            by_label.insert((wallet.tenant, wallet.label.clone()), Arc::clone(&wallet));
            by_id.insert(wallet.id, Arc::clone(&wallet));
        }
        wallet
    }

    /// Forgets everything: the executor halted a wallet behind our back.
    pub(crate) fn forget(&self) {
        if let (Ok(mut by_label), Ok(mut by_id)) = (self.by_label.write(), self.by_id.write()) {
            by_label.clear();
            by_id.clear();
        }
    }
}

/// The wallet as it is stored now.
pub(crate) async fn find(
    tx: &mut dyn ReadTx,
    wallet: &WalletRef,
) -> Result<Option<Wallet>, StoreError> {
    match wallet {
        WalletRef::Id(id) => tx.wallet_fetch(*id).await,
        WalletRef::Label(label) => tx.wallet_find(label).await,
    }
}

impl App {
    /// The wallet a caller names, in its own tenant.
    pub(crate) async fn wallet(
        &self,
        tenant: TenantId,
        wallet: &WalletRef,
    ) -> Result<Arc<Wallet>, Fault> {
        if let Some(known) = self.wallets.get(tenant, wallet) {
            return Ok(known);
        }
        let mut tx = self.store.read(tenant).await.fault()?;
        let found = find(tx.as_mut(), wallet).await.fault()?;
        let found = found.ok_or_else(|| Fault::not_found("wallet", wallet))?;
        Ok(self.wallets.put(found))
    }
}
