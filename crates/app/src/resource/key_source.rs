//! Where the key of a Wallet resource comes from. A wallet that has a key keeps it, whatever the
//! resource says.

use std::sync::Arc;

use vaultpilot_core::{Caller, Wallet};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::CreateWallet;
use vaultpilot_ports::resource_plane::{WalletKeySource, WalletWish};

use crate::App;
use crate::error::OrFault;

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
        let key = match known {
            Some(wallet) => view.wallet_key_fetch(wallet.id).await.fault()?,
            None => None,
        };
        drop(view);
        match key {
            None => self.wallet_adopted(caller, &request, id, by).await,
            Some(key) if key.is_external() => self.wallet_made(caller, &request, by).await,
            Some(_) => {
                let message = format!(
                    "wallet {} has a key of its own already, and keeps it; choose another name",
                    wish.name
                );
                Err(Fault::conflict("label_taken", message))
            }
        }
    }
}
