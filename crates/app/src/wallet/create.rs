//! Creates a wallet once per label. Asking again gives the same wallet: a key is never overwritten.

use std::sync::Arc;

use vaultpilot_audit::{Action, Outcome};
use vaultpilot_core::{Caller, ChainId, Label, Managed, Wallet, WalletId, WalletState};
use vaultpilot_ports::control_plane::{CreateWallet, WalletRef};
use vaultpilot_ports::keys::KeyContext;
use vaultpilot_ports::{ChainError, Fault, StoreError, Tx};

use crate::App;
use crate::error::{IntoFault, OrFault};
use crate::resource::{all_wallets, claim, free};

/// The most wallets of a tenant that has no quota of its own.
const MAX_WALLETS: u32 = 10_000;

impl App {
    /// The wallet of this label, made if there is none. New chains are added to an old one.
    pub(crate) async fn wallet_ensure(
        &self,
        caller: &Caller,
        request: &CreateWallet,
    ) -> Result<Arc<Wallet>, Fault> {
        self.wallet_made(caller, request, None).await
    }

    /// The same, for a resource or for nobody's.
    pub(crate) async fn wallet_made(
        &self,
        caller: &Caller,
        request: &CreateWallet,
        by: Option<&Managed>,
    ) -> Result<Arc<Wallet>, Fault> {
        let chains = self.chains_for(request)?;
        let named = !request.chains.is_empty();
        if let Some(wallet) = self
            .wallet_widen(caller, &request.label, &chains, named, by)
            .await?
        {
            return Ok(wallet);
        }
        let id = WalletId::new(self.clock.as_ref(), self.entropy.as_ref());
        let context = KeyContext {
            tenant: caller.tenant,
            wallet: id,
            version: 1,
        };
        let (address, key) = self.wrapper.generate(context, None).await.fault()?;
        let wallet = Wallet {
            id,
            tenant: caller.tenant,
            label: request.label.clone(),
            address,
            chains: chains.clone(),
            state: WalletState::Active,
            managed: by.cloned(),
            created_at: self.now(),
        };
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        within_quota(tx.as_mut()).await?;
        match tx.wallet_insert(&wallet, &key).await {
            // Somebody was faster with the same label: theirs is the wallet, our key never was.
            Err(StoreError::Conflict { .. }) => {
                drop(tx);
                let theirs = self
                    .wallet_widen(caller, &request.label, &chains, named, by)
                    .await?;
                return theirs.ok_or_else(|| Fault::not_found("wallet", &request.label));
            }
            other => other.fault()?,
        }
        let mut draft = self.draft(caller, Action::WalletCreated, Outcome::Succeeded);
        draft.wallet = Some(id);
        let draft = draft
            .fact("label", &wallet.label)
            .fact("address", wallet.address);
        tx.audit_append(vec![draft]).await.fault()?;
        tx.commit().await.fault()?;
        Ok(Arc::new(wallet))
    }

    /// The wallet of this label with these chains added, if there is one.
    async fn wallet_widen(
        &self,
        caller: &Caller,
        label: &Label,
        chains: &[ChainId],
        named: bool,
        by: Option<&Managed>,
    ) -> Result<Option<Arc<Wallet>>, Fault> {
        let reference = WalletRef::Label(label.clone());
        let known = match self.wallet(caller.tenant, &reference).await {
            Ok(wallet) => wallet,
            Err(Fault::NotFound { .. }) => return Ok(None),
            Err(fault) => return Err(fault),
        };
        let new: Vec<ChainId> = chains
            .iter()
            .copied()
            .filter(|c| !known.is_on(*c))
            .collect();
        // Chains are added only where they are named: asking again for a wallet widens nothing.
        if new.is_empty() || !named {
            return Ok(Some(known));
        }
        match by {
            Some(by) => {
                claim(known.managed.as_ref(), by)?;
            }
            None => free(known.managed.as_ref(), &format!("wallet {label}"))?,
        }
        if by.is_none() && !known.state.may_sign() {
            let message = format!("wallet {label} is frozen; nothing is added to it");
            return Err(Fault::conflict("wallet_frozen", message));
        }
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        tx.wallet_add_chains(known.id, &new).await.fault()?;
        let wallet = tx.wallet_fetch(known.id).await.fault()?;
        let mut draft = self.draft(caller, Action::WalletWidened, Outcome::Succeeded);
        draft.wallet = Some(known.id);
        for chain in &new {
            draft = draft.fact("chain", chain);
        }
        tx.audit_append(vec![draft]).await.fault()?;
        tx.commit().await.fault()?;
        self.feed.changed(caller.tenant);
        Ok(wallet.map(Arc::new))
    }

    fn chains_for(&self, request: &CreateWallet) -> Result<Vec<ChainId>, Fault> {
        let configured: Vec<ChainId> = self.chain.chains().iter().map(|chain| chain.id).collect();
        if request.chains.is_empty() {
            return Ok(configured);
        }
        let mut chains = request.chains.clone();
        chains.sort_unstable();
        chains.dedup();
        match chains.iter().find(|chain| !configured.contains(chain)) {
            Some(&chain) => Err(ChainError::Unknown { chain }.into_fault()),
            None => Ok(chains),
        }
    }
}

/// Whether the tenant may have one more. Its own limit first, then the house's.
async fn within_quota(tx: &mut dyn Tx) -> Result<(), Fault> {
    let tenant = tx.tenant_fetch().await.fault()?;
    let quota = tenant.and_then(|tenant| tenant.quota.max_wallets);
    let most = quota.unwrap_or(MAX_WALLETS);
    let wallets = all_wallets(tx).await?;
    if u32::try_from(wallets.len()).is_ok_and(|count| count < most) {
        return Ok(());
    }
    let message = format!("the tenant has its {most} wallets; its quota allows no more");
    Err(Fault::conflict("too_many_wallets", message))
}
