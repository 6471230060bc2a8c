//! Wallets: found, created once, frozen by anybody in doubt, thawed by people only.

mod adopt;
mod create;
mod freeze;

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use vaultpilot_core::{Label, TenantId, Wallet, WalletId};
use vaultpilot_ports::control_plane::WalletRef;
use vaultpilot_ports::{Fault, ReadTx, StoreError};

use crate::App;
use crate::error::OrFault;
use crate::feed::Version;

pub(crate) use adopt::{awaits_reconciling, chains_used, resumed};
pub(crate) use create::{wallets_left, wraps_now};
pub(crate) use freeze::{BY_RESOURCE, IMPORTED};

/// Wallets met before, for reads. Whoever moves money reads the wallet again in its transaction.
#[derive(Default)]
pub(crate) struct KnownWallets(RwLock<HashMap<TenantId, Known>>);

struct Known {
    /// What these were read at.
    version: Version,
    by_label: HashMap<Label, Arc<Wallet>>,
    by_id: HashMap<WalletId, Arc<Wallet>>,
}

impl KnownWallets {
    fn get(&self, version: Version, tenant: TenantId, wallet: &WalletRef) -> Option<Arc<Wallet>> {
        let known = self.0.read().ok()?;
        let known = known
            .get(&tenant)
            .filter(|known| known.version == version)?;
        let found = match wallet {
            WalletRef::Id(id) => known.by_id.get(id),
            WalletRef::Label(label) => known.by_label.get(label),
        };
        found.cloned()
    }

    /// Remembers a wallet that was read when the version was this.
    fn put(&self, version: Version, wallet: &Arc<Wallet>) {
        let Ok(mut known) = self.0.write() else {
            return;
        };
        let fresh = || Known {
            version,
            by_label: HashMap::new(),
            by_id: HashMap::new(),
        };
        let known = known.entry(wallet.tenant).or_insert_with(fresh);
        if known.version != version {
            *known = fresh();
        }
        known
            .by_label
            .insert(wallet.label.clone(), Arc::clone(wallet));
        known.by_id.insert(wallet.id, Arc::clone(wallet));
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
        let version = self.feed.version(tenant);
        if let Some(known) = version.and_then(|at| self.wallets.get(at, tenant, wallet)) {
            return Ok(known);
        }
        let mut tx = self.store.read(tenant).await.fault()?;
        let found = find(tx.as_mut(), wallet).await.fault()?;
        let found = found.ok_or_else(|| Fault::not_found("wallet", wallet))?;
        let found = Arc::new(found);
        if let Some(version) = version {
            self.wallets.put(version, &found);
        }
        Ok(found)
    }
}
