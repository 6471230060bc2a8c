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
pub(crate) struct KnownWallets(RwLock<Known>);

#[derive(Default)]
struct Known {
    /// `Feed::wallets_version` these were read at.
    version: u64,
    by_label: HashMap<(TenantId, Label), Arc<Wallet>>,
    by_id: HashMap<WalletId, Arc<Wallet>>,
}

impl KnownWallets {
    fn get(&self, version: u64, tenant: TenantId, wallet: &WalletRef) -> Option<Arc<Wallet>> {
        let known = self
            .0
            .read()
            .ok()
            .filter(|known| known.version == version)?;
        let found = match wallet {
            WalletRef::Id(id) => known.by_id.get(id),
            WalletRef::Label(label) => known.by_label.get(&(tenant, label.clone())),
        };
        found.filter(|wallet| wallet.tenant == tenant).cloned()
    }

    /// Remembers a wallet that was read when the version was this.
    fn put(&self, version: u64, wallet: Wallet) -> Arc<Wallet> {
        let wallet = Arc::new(wallet);
        if let Ok(mut known) = self.0.write() {
            if known.version != version {
                *known = Known {
                    version,
                    ..Known::default()
                };
            }
            let label = (wallet.tenant, wallet.label.clone());
            known.by_label.insert(label, Arc::clone(&wallet));
            known.by_id.insert(wallet.id, Arc::clone(&wallet));
        }
        wallet
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
        let version = self.feed.wallets_version();
        if let Some(known) = self.wallets.get(version, tenant, wallet) {
            return Ok(known);
        }
        let mut tx = self.store.read(tenant).await.fault()?;
        let found = find(tx.as_mut(), wallet).await.fault()?;
        let found = found.ok_or_else(|| Fault::not_found("wallet", wallet))?;
        Ok(self.wallets.put(version, found))
    }
}
