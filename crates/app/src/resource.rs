//! The verbs of the operator: what custom resources ask for is made true, and let go again.
//!
//! A record belongs to one resource at most. What belongs to none is adopted by its name; what
//! belongs to another is refused, as every change by people or agents of what belongs to one is.

mod claim;
mod key_source;
mod policy;
mod strategy;
mod tenant;
mod wallet;

use async_trait::async_trait;
use vaultpilot_core::{Caller, KeyManagement, Label, Managed, Tenant, TenantName, Wallet};
use vaultpilot_ports::resource_plane::{
    PolicyReport, PolicyWish, Release, StrategyWish, TenantReport, TenantWish, WalletReport,
    WalletWish,
};
use vaultpilot_ports::store::Page;
use vaultpilot_ports::strategy_plane::StrategyView;
use vaultpilot_ports::{Fault, ReadTx, ResourcePlane, StoreError};

use crate::App;
use crate::error::OrFault;

pub(crate) use claim::{claim, free};

#[async_trait]
impl ResourcePlane for App {
    async fn tenant_apply(&self, wish: &TenantWish) -> Result<TenantReport, Fault> {
        let tenant = self.tenant_wished(wish).await?;
        if wish.keys != KeyManagement::Local && wish.suspended.is_none() {
            // A root elsewhere is tried at once, so that whoever asked for it hears of trouble.
            self.kek_ensure(&Caller::system(tenant.id)).await?;
        }
        self.tenant_report(&tenant).await
    }

    async fn tenant_release(&self, name: &TenantName, by: &Managed) -> Result<Release, Fault> {
        self.tenant_let_go(name, by).await
    }

    async fn wallet_apply(&self, wish: &WalletWish) -> Result<WalletReport, Fault> {
        let caller = self.acting_in(&wish.tenant).await?;
        let made = self.wallet_sourced(&caller, wish).await?;
        let (wallet, reattached) = self.wallet_wished(&caller, wish, made.id).await?;
        let mut report = self.wallet_report(&caller, &wallet, wish.balances).await?;
        report.reattached = reattached;
        Ok(report)
    }

    async fn wallet_release(
        &self,
        tenant: &TenantName,
        name: &Label,
        by: &Managed,
        empty: bool,
    ) -> Result<Release, Fault> {
        match self.tenant_named(tenant).await? {
            Some(tenant) => {
                let caller = Caller::system(tenant.id);
                self.wallet_let_go(&caller, name, by, empty).await
            }
            None => Ok(Release::Done),
        }
    }

    async fn policy_apply(&self, wish: &PolicyWish) -> Result<PolicyReport, Fault> {
        let caller = self.acting_in(&wish.tenant).await?;
        self.policy_wished(&caller, wish).await
    }

    async fn policy_release(
        &self,
        tenant: &TenantName,
        name: &Label,
        by: &Managed,
    ) -> Result<Release, Fault> {
        match self.tenant_named(tenant).await? {
            Some(tenant) => {
                self.policy_let_go(&Caller::system(tenant.id), name, by)
                    .await
            }
            None => Ok(Release::Done),
        }
    }

    async fn strategy_apply(&self, wish: &StrategyWish) -> Result<StrategyView, Fault> {
        let caller = self.acting_in(&wish.tenant).await?;
        self.strategy_wished(&caller, wish).await
    }

    async fn strategy_release(
        &self,
        tenant: &TenantName,
        name: &Label,
        by: &Managed,
    ) -> Result<Release, Fault> {
        match self.tenant_named(tenant).await? {
            Some(tenant) => {
                self.strategy_let_go(&Caller::system(tenant.id), name, by)
                    .await
            }
            None => Ok(Release::Done),
        }
    }
}

impl App {
    /// The house itself, in a tenant that is there and not archived.
    async fn acting_in(&self, name: &TenantName) -> Result<Caller, Fault> {
        let found = self.tenant_named(name).await?;
        let tenant = found.ok_or_else(|| Fault::not_found("tenant", name))?;
        if is_archived(&tenant) {
            let message = format!("tenant {name} is archived; apply its Tenant again first");
            return Err(Fault::conflict("tenant_archived", message));
        }
        Ok(Caller::system(tenant.id))
    }
}

const fn is_archived(tenant: &Tenant) -> bool {
    matches!(tenant.state, vaultpilot_core::TenantState::Archived { .. })
}

pub(crate) async fn all_wallets(tx: &mut dyn ReadTx) -> Result<Vec<Wallet>, Fault> {
    every_wallet(tx).await.fault()
}

/// All wallets of the tenant, page by page.
pub(crate) async fn every_wallet(tx: &mut dyn ReadTx) -> Result<Vec<Wallet>, StoreError> {
    let mut wallets: Vec<Wallet> = Vec::new();
    loop {
        let mut page = Page::first(Page::MAX);
        page.after = wallets.last().map(|wallet| wallet.label.to_string());
        let more = tx.wallet_list(page).await?;
        if more.is_empty() {
            return Ok(wallets);
        }
        wallets.extend(more);
    }
}
