//! Creates a wallet once per label. Asking again gives the same wallet: a key is never overwritten.

use std::sync::Arc;

use vaultpilot_audit::{Action, Outcome};
use vaultpilot_core::{Caller, ChainId, Label, Managed, Wallet, WalletId, WalletState};
use vaultpilot_ports::control_plane::{CreateWallet, WalletRef};
use vaultpilot_ports::keys::{KeyContext, WrappedKey};
use vaultpilot_ports::{ChainError, Fault, ReadTx, StoreError};

use crate::App;
use crate::error::{IntoFault, OrFault};
use crate::resource::{claim, every_wallet, free};

/// The most wallets of a tenant that has no quota of its own.
const MAX_WALLETS: u32 = 10_000;

/// How often a key is made anew because the tenant's keys were changed at the same moment.
const ATTEMPTS: u32 = 4;

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
        for _ in 0..ATTEMPTS {
            if let Some(wallet) = self
                .wallet_widen(caller, &request.label, &chains, named, by)
                .await?
            {
                return Ok(wallet);
            }
            let kek = self.kek_ensure(caller).await?;
            let context = self.wallet_context(caller);
            let made = self.wrapper.generate(context, &kek).await;
            let (address, key) = made.fault()?;
            let wallet = Wallet {
                id: context.wallet,
                tenant: caller.tenant,
                label: request.label.clone(),
                address,
                chains: chains.clone(),
                state: WalletState::Active,
                managed: by.cloned(),
                created_at: self.now(),
            };
            if let Some(wallet) = self.wallet_kept(caller, wallet, &key).await? {
                return Ok(wallet);
            }
            // Somebody was faster with the same label, or the tenant's key-encryption key was
            // changed: our key never was.
        }
        Err(Fault::unavailable(
            "conflict",
            "the tenant's keys are being changed; try again",
        ))
    }

    pub(crate) fn wallet_context(&self, caller: &Caller) -> KeyContext {
        KeyContext {
            tenant: caller.tenant,
            wallet: WalletId::new(self.clock.as_ref(), self.entropy.as_ref()),
            version: 1,
        }
    }

    /// Writes down a wallet and its key; `None` when the label or the address is taken, or what the
    /// key is wrapped by is not in force any more.
    pub(super) async fn wallet_kept(
        &self,
        caller: &Caller,
        wallet: Wallet,
        key: &WrappedKey,
    ) -> Result<Option<Arc<Wallet>>, Fault> {
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        if !wraps_now(tx.as_mut(), key).await.fault()? {
            return Ok(None);
        }
        within_quota(tx.as_mut()).await?;
        match tx.wallet_insert(&wallet, key).await {
            Err(StoreError::Conflict { .. }) => return Ok(None),
            other => other.fault()?,
        }
        let mut draft = self.draft(caller, Action::WalletCreated, Outcome::Succeeded);
        draft.wallet = Some(wallet.id);
        let draft = draft
            .fact("label", &wallet.label)
            .fact("address", wallet.address)
            .fact("provider", &key.provider);
        tx.audit_append(vec![draft]).await.fault()?;
        tx.commit().await.fault()?;
        Ok(Some(Arc::new(wallet)))
    }

    /// The wallet of this label with these chains added, if there is one.
    pub(super) async fn wallet_widen(
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

    pub(crate) fn chains_for(&self, request: &CreateWallet) -> Result<Vec<ChainId>, Fault> {
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

/// Whether the key-encryption key of this key is the one in force: one that is not may be deleted
/// before the key is stored, and the key would be lost.
pub(crate) async fn wraps_now(tx: &mut dyn ReadTx, key: &WrappedKey) -> Result<bool, StoreError> {
    let Some(version) = key.kek else {
        return Ok(true);
    };
    let current = tx.kek_current().await?;
    Ok(current.is_some_and(|kek| kek.version == version))
}

/// Whether the tenant may have one more.
async fn within_quota(tx: &mut dyn ReadTx) -> Result<(), Fault> {
    let (left, most) = wallets_left(tx).await.fault()?;
    if left > 0 {
        return Ok(());
    }
    let message = format!("the tenant has its {most} wallets; its quota allows no more");
    Err(Fault::conflict("too_many_wallets", message))
}

/// How many wallets more the tenant may have, of how many. Its own limit first, then the house's.
pub(crate) async fn wallets_left(tx: &mut dyn ReadTx) -> Result<(u32, u32), StoreError> {
    let tenant = tx.tenant_fetch().await?;
    let quota = tenant.and_then(|tenant| tenant.quota.max_wallets);
    let most = quota.unwrap_or(MAX_WALLETS);
    let wallets = every_wallet(tx).await?.len();
    let wallets = u32::try_from(wallets).unwrap_or(u32::MAX);
    Ok((most.saturating_sub(wallets), most))
}
