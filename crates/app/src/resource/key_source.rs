//! Where the key of a Wallet resource comes from. A wallet that has a key keeps it, whatever the
//! resource says.

use std::sync::Arc;

use vaultpilot_core::{Caller, Wallet};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::CreateWallet;
use vaultpilot_ports::resource_plane::{WalletKeySource, WalletWish};

use crate::App;
use crate::error::{IntoFault as _, OrFault};

impl App {
    pub(super) async fn wallet_sourced(
        &self,
        caller: &Caller,
        wish: &WalletWish,
    ) -> Result<Arc<Wallet>, Fault> {
        if wish.chains.is_empty() {
            let message = "a wallet is on one chain at least";
            return Err(Fault::invalid("chains_missing", "chains", message));
        }
        let request = CreateWallet {
            label: wish.name.clone(),
            chains: wish.chains.clone(),
        };
        let by = Some(&wish.by);
        let WalletKeySource::External { id } = &wish.key else {
            return self.wallet_made(caller, &request, by).await;
        };
        let mut view = self.store.read(caller.tenant).await.fault()?;
        let known = view.wallet_find(&wish.name).await.fault()?;
        let key = match &known {
            Some(wallet) => view.wallet_key_fetch(wallet.id).await.fault()?,
            None => None,
        };
        drop(view);
        match (known, key) {
            (Some(wallet), Some(key)) if key.is_external() => {
                self.is_source_of(caller, &wallet, id).await?;
                self.wallet_made(caller, &request, by).await
            }
            (_, None) => self.wallet_adopted(caller, &request, id, by).await,
            (_, Some(_)) => {
                let message = format!(
                    "wallet {} has a key of its own already, and keeps it; choose another name",
                    wish.name
                );
                Err(Fault::conflict("label_taken", message))
            }
        }
    }

    /// Whether the external key of this name is the wallet's. Names differ where keys do not, so the
    /// provider is asked; one that does not answer now takes nothing from a wallet that is there.
    async fn is_source_of(&self, caller: &Caller, wallet: &Wallet, id: &str) -> Result<(), Fault> {
        let mut view = self.store.read(caller.tenant).await.fault()?;
        let tenant = view.tenant_fetch().await.fault()?;
        drop(view);
        let tenant = tenant.ok_or_else(|| Fault::not_found("tenant", caller.tenant))?;
        let context = self.wallet_context(caller);
        match self.wrapper.adopt(context, &tenant.name, id).await {
            Ok((address, _)) if address != wallet.address => {
                let message = format!(
                    "wallet {} has the key of {} already, and keeps it; the resource names the key of \
                     {}: name the first one again, or choose another name",
                    wallet.label,
                    wallet.address.to_checksum(None),
                    address.to_checksum(None)
                );
                Err(Fault::conflict("key_source_differs", message))
            }
            Ok(_) => Ok(()),
            Err(error) if error.is_passing() => {
                tracing::warn!(%error, wallet = %wallet.label, "external key was not looked at");
                Ok(())
            }
            Err(error) => Err(error.into_fault()),
        }
    }
}
