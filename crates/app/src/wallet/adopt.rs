//! Wallets whose key lives elsewhere and stays there.

use std::sync::Arc;

use alloy_primitives::Address;
use vaultpilot_core::{Caller, ChainId, Label, Managed, Timestamp, Wallet, WalletState};
use vaultpilot_ports::control_plane::{CreateWallet, WalletRef};
use vaultpilot_ports::{ChainReader, Fault, ReadTx, StoreError};

use crate::App;
use crate::error::OrFault;
use crate::resource::every_wallet;

/// The longest name of a key at a provider.
const MAX_ID: usize = 2048;

impl App {
    /// The wallet of this label with this external key, made if there is none. A label that has
    /// another key keeps it.
    pub(crate) async fn wallet_adopted(
        &self,
        caller: &Caller,
        request: &CreateWallet,
        id: &str,
        by: Option<&Managed>,
    ) -> Result<Arc<Wallet>, Fault> {
        if id.is_empty() || id.len() > MAX_ID || id.chars().any(char::is_control) {
            let message = format!("a key's name has 1 to {MAX_ID} characters");
            return Err(Fault::invalid(
                "external_key_id_malformed",
                "external_key_id",
                message,
            ));
        }
        let chains = self.chains_for(request)?;
        let named = !request.chains.is_empty();
        let mut view = self.store.read(caller.tenant).await.fault()?;
        let tenant = view.tenant_fetch().await.fault()?;
        drop(view);
        let tenant = tenant.ok_or_else(|| Fault::not_found("tenant", caller.tenant))?;
        let context = self.wallet_context(caller);
        let adopted = self.wrapper.adopt(context, &tenant.name, id).await;
        let (address, key) = adopted.fault()?;
        if let Some(fault) = self
            .label_in_the_way(caller, &request.label, address)
            .await?
        {
            return Err(fault);
        }
        let known = self
            .wallet_widen(caller, &request.label, &chains, named, by)
            .await?;
        if let Some(wallet) = known {
            return Ok(wallet);
        }
        let used = chains_used(self.chain.as_ref(), address, &chains).await;
        let mut state = resumed(used, self.now());
        let mut view = self.store.read(caller.tenant).await.fault()?;
        if awaits_reconciling(view.as_mut()).await.fault()? {
            state = state.restored(self.now());
        }
        drop(view);
        let wallet = Wallet {
            id: context.wallet,
            tenant: caller.tenant,
            label: request.label.clone(),
            address,
            chains,
            state,
            managed: by.cloned(),
            created_at: self.now(),
        };
        if let Some(wallet) = self.wallet_kept(caller, wallet, &key).await? {
            return Ok(wallet);
        }
        if let Some(fault) = self
            .label_in_the_way(caller, &request.label, address)
            .await?
        {
            return Err(fault);
        }
        let reference = WalletRef::Label(request.label.clone());
        match self.wallet(caller.tenant, &reference).await {
            // Somebody was faster with the same wallet.
            Err(Fault::NotFound { .. }) => Err(address_taken(address)),
            other => other,
        }
    }

    /// Why the label cannot be this address's, if it cannot.
    async fn label_in_the_way(
        &self,
        caller: &Caller,
        label: &Label,
        address: Address,
    ) -> Result<Option<Fault>, Fault> {
        let mut view = self.store.read(caller.tenant).await.fault()?;
        let known = view.wallet_find(label).await.fault()?;
        Ok(known
            .filter(|wallet| wallet.address != address)
            .map(|wallet| label_taken(&wallet)))
    }
}

/// A label keeps its key for ever.
pub(crate) fn label_taken(wallet: &Wallet) -> Fault {
    let message = format!(
        "wallet {} has the key of {} already, and keeps it; choose another label",
        wallet.label,
        wallet.address.to_checksum(None)
    );
    Fault::conflict("label_taken", message)
}

fn address_taken(address: Address) -> Fault {
    let message = format!(
        "{} is a wallet already; no key has two",
        address.to_checksum(None)
    );
    Fault::conflict("address_taken", message)
}

/// The chains on which this address has sent before. A chain that does not answer counts: there the
/// wallet begins wherever the chain is.
pub(crate) async fn chains_used(
    reader: &dyn ChainReader,
    address: Address,
    chains: &[ChainId],
) -> Vec<ChainId> {
    let asked = chains.iter().map(|chain| async move {
        let nonces = reader.nonces(*chain, address).await;
        let unused = nonces.is_ok_and(|nonces| nonces.latest == 0 && nonces.pending == 0);
        (!unused).then_some(*chain)
    });
    let used = futures::future::join_all(asked).await;
    used.into_iter().flatten().collect()
}

/// Whether the tenant came out of a backup that nobody has reconciled whole: a key that is brought
/// along may be one whose last payments that backup does not know.
pub(crate) async fn awaits_reconciling(view: &mut dyn ReadTx) -> Result<bool, StoreError> {
    let wallets = every_wallet(view).await?;
    Ok(wallets
        .iter()
        .any(|wallet| wallet.state.before_restore().is_some()))
}

/// The state of a wallet whose key was used before on these chains.
pub(crate) fn resumed(chains: Vec<ChainId>, at: Timestamp) -> WalletState {
    if chains.is_empty() {
        WalletState::Active
    } else {
        WalletState::Resumed { at, chains }
    }
}
