//! A Tenant resource: made, suspended, archived; never deleted.

use vaultpilot_audit::{Action, Outcome};
use vaultpilot_core::{Caller, Managed, Tenant, TenantId, TenantName, TenantState};
use vaultpilot_ports::resource_plane::{Release, TenantReport, TenantWish};
use vaultpilot_ports::store::{Page, StrategyFilter};
use vaultpilot_ports::{ChainError, Fault, StoreError};
use vaultpilot_strategy::State;

use super::claim::{Claim, claim, is_held};
use super::{all_wallets, is_archived};
use crate::App;
use crate::error::{IntoFault, OrFault};

impl App {
    pub(super) async fn tenant_wished(&self, wish: &TenantWish) -> Result<Tenant, Fault> {
        for chain in &wish.chains {
            if !self.chain.chains().iter().any(|known| known.id == *chain) {
                return Err(ChainError::Unknown { chain: *chain }.into_fault());
            }
        }
        let Some(found) = self.tenant_named(&wish.name).await? else {
            return self.tenant_begun(wish).await;
        };
        let mut tx = self.store.begin(found.id).await.fault()?;
        let stored = tx.tenant_fetch().await.fault()?;
        let stored = stored.ok_or_else(|| Fault::not_found("tenant", &wish.name))?;
        let claimed = claim(stored.managed.as_ref(), &wish.by)?;
        if wish.keys != stored.keys && tx.kek_current().await.fault()?.is_some() {
            return Err(key_management_immutable(&stored, wish));
        }
        let wanted = Tenant {
            state: self.wanted_state(&stored, wish),
            namespace: Some(wish.namespace.clone()),
            quota: wish.quota,
            keys: wish.keys.clone(),
            managed: Some(wish.by.clone()),
            ..stored.clone()
        };
        if wanted == stored {
            return Ok(stored);
        }
        match tx.tenant_update(&wanted).await {
            Err(StoreError::Conflict { .. }) => return Err(namespace_taken(wish)),
            other => other.fault()?,
        }
        let system = Caller::system(stored.id);
        let draft = self.draft(&system, Action::TenantChanged, Outcome::Succeeded);
        let mut draft = draft
            .fact("resource", &wish.by)
            .fact("namespace", &wish.namespace);
        if claimed == Claim::Taken {
            draft = draft.fact("adopted", true);
        }
        if wanted.keys != stored.keys {
            draft = draft.fact("keys", wanted.keys.provider());
        }
        if wanted.state != stored.state {
            draft = draft.fact("state", state_name(&wanted));
        }
        tx.audit_append(vec![draft]).await.fault()?;
        tx.commit().await.fault()?;
        self.feed.changed(stored.id);
        Ok(wanted)
    }

    async fn tenant_begun(&self, wish: &TenantWish) -> Result<Tenant, Fault> {
        let mut tenant = Tenant {
            id: TenantId::new(self.clock.as_ref(), self.entropy.as_ref()),
            name: wish.name.clone(),
            state: TenantState::Active,
            namespace: Some(wish.namespace.clone()),
            quota: wish.quota,
            keys: wish.keys.clone(),
            managed: Some(wish.by.clone()),
            created_at: self.now(),
        };
        tenant.state = self.wanted_state(&tenant, wish);
        if !self.store.tenant_create(&tenant).await.fault()? {
            if self.tenant_named(&wish.name).await?.is_some() {
                return Err(Fault::unavailable(
                    "conflict",
                    "the tenant was made meanwhile; try again",
                ));
            }
            return Err(namespace_taken(wish));
        }
        let system = Caller::system(tenant.id);
        let draft = self.draft(&system, Action::TenantCreated, Outcome::Succeeded);
        let draft = draft
            .fact("name", &wish.name)
            .fact("resource", &wish.by)
            .fact("namespace", &wish.namespace)
            .fact("keys", wish.keys.provider());
        self.audit(tenant.id, draft).await?;
        Ok(tenant)
    }

    /// A freeze by a person outlasts the resource's wish; its own suspension ends with it.
    fn wanted_state(&self, stored: &Tenant, wish: &TenantWish) -> TenantState {
        let ours = format!("suspended by {}", wish.by);
        let is_ours = |reason: &str| reason.starts_with(&ours);
        match (&stored.state, &wish.suspended) {
            (TenantState::Frozen { reason, .. }, _) if !is_ours(reason) => stored.state.clone(),
            (_, None) => TenantState::Active,
            (state, Some(why)) => {
                let reason = format!("{ours}: {why}");
                match state {
                    TenantState::Frozen { reason: known, .. } if *known == reason => state.clone(),
                    _ => TenantState::Frozen {
                        reason,
                        at: self.now(),
                    },
                }
            }
        }
    }

    pub(super) async fn tenant_report(&self, tenant: &Tenant) -> Result<TenantReport, Fault> {
        let mut tx = self.store.read(tenant.id).await.fault()?;
        let wallets = all_wallets(tx.as_mut()).await?;
        let attached = wallets.iter().filter(|wallet| !wallet.state.is_detached());
        let wallets = count(attached.count());
        let page = Page::first(Page::MAX);
        let filter = StrategyFilter::default();
        let strategies = tx.strategy_list(&filter, page.clone()).await.fault()?;
        let active = strategies
            .iter()
            .filter(|strategy| matches!(strategy.state, State::Active { .. }));
        let waiting = tx.approval_list(true, page).await.fault()?;
        let set = self.snapshots.of(tx.as_mut(), tenant.id).await.fault()?;
        Ok(TenantReport {
            id: tenant.id.to_string(),
            state: state_name(tenant).to_owned(),
            wallets,
            strategies: count(strategies.len()),
            active_strategies: count(active.count()),
            approvals_pending: count(waiting.len()),
            policy_hash: set.version().to_string(),
        })
    }

    pub(super) async fn tenant_let_go(
        &self,
        name: &TenantName,
        by: &Managed,
    ) -> Result<Release, Fault> {
        let Some(found) = self.tenant_named(name).await? else {
            return Ok(Release::Done);
        };
        let mut tx = self.store.begin(found.id).await.fault()?;
        let stored = tx.tenant_fetch().await.fault()?;
        let Some(stored) = stored.filter(|stored| is_held(stored.managed.as_ref(), by)) else {
            return Ok(Release::Done);
        };
        if is_archived(&stored) {
            return Ok(Release::Done);
        }
        let strategies = tx
            .strategy_list(&StrategyFilter::default(), Page::first(Page::MAX))
            .await
            .fault()?;
        if !strategies.is_empty() {
            let names = strategies.iter().map(|strategy| strategy.name.to_string());
            return Ok(blocked("StrategiesExist", "strategies", names.collect()));
        }
        let wallets = all_wallets(tx.as_mut()).await?;
        let attached = wallets.iter().filter(|wallet| !wallet.state.is_detached());
        let names: Vec<String> = attached.map(|wallet| wallet.label.to_string()).collect();
        if !names.is_empty() {
            return Ok(blocked("WalletsExist", "wallets", names));
        }
        let archived = Tenant {
            state: TenantState::Archived { at: self.now() },
            // Its pods are nobody's from here on, and the namespace may be another tenant's.
            namespace: None,
            ..stored
        };
        tx.tenant_update(&archived).await.fault()?;
        let system = Caller::system(found.id);
        let draft = self.draft(&system, Action::TenantArchived, Outcome::Succeeded);
        tx.audit_append(vec![draft.fact("resource", by)])
            .await
            .fault()?;
        tx.commit().await.fault()?;
        self.feed.changed(found.id);
        Ok(Release::Done)
    }
}

fn blocked(reason: &str, what: &str, by: Vec<String>) -> Release {
    let message = format!("the tenant still has {what}: {}", by.join(", "));
    Release::Blocked {
        reason: reason.to_owned(),
        by,
        message,
    }
}

fn key_management_immutable(stored: &Tenant, wish: &TenantWish) -> Fault {
    let message = format!(
        "keys of tenant {} are wrapped by {} already, and stay so; {} was asked for. Make another \
         tenant for another provider",
        stored.name,
        stored.keys.provider(),
        if stored.keys.provider() == wish.keys.provider() {
            "another key of it"
        } else {
            wish.keys.provider()
        }
    );
    Fault::conflict("key_management_immutable", message)
}

fn namespace_taken(wish: &TenantWish) -> Fault {
    let message = format!(
        "namespace {} belongs to another tenant; choose another spec.namespace.name",
        wish.namespace
    );
    Fault::conflict("namespace_taken", message)
}

fn state_name(tenant: &Tenant) -> &'static str {
    match &tenant.state {
        TenantState::Active => "active",
        TenantState::Frozen { reason, .. } if reason.starts_with("suspended by ") => "suspended",
        TenantState::Frozen { .. } => "frozen",
        TenantState::Archived { .. } => "archived",
    }
}

pub(super) fn count(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}
