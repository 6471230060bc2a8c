//! A tenant's key-encryption key: made at its first need, never overwritten.

use vaultpilot_audit::{Action, Draft, Outcome};
use vaultpilot_core::{Caller, Tenant};
use vaultpilot_ports::keys::{KekContext, TenantKek};
use vaultpilot_ports::{Fault, StoreError};

use crate::App;
use crate::error::OrFault;

impl App {
    /// The key-encryption key in force, made if there is none. One that the house did not make is
    /// refused: whatever were sealed to it, somebody else could open.
    pub(crate) async fn kek_ensure(&self, caller: &Caller) -> Result<TenantKek, Fault> {
        let kek = self.kek_found(caller).await?;
        self.wrapper.admit(caller.tenant, &kek).fault()?;
        Ok(kek)
    }

    async fn kek_found(&self, caller: &Caller) -> Result<TenantKek, Fault> {
        let mut view = self.store.read(caller.tenant).await.fault()?;
        if let Some(kek) = view.kek_current().await.fault()? {
            return Ok(kek);
        }
        let tenant = view.tenant_fetch().await.fault()?;
        drop(view);
        let tenant = tenant.ok_or_else(|| Fault::not_found("tenant", caller.tenant))?;
        let kek = self.kek_made(&tenant, 1).await?;
        let mut tx = self.store.begin(caller.tenant).await.fault()?;
        if let Some(theirs) = tx.kek_current().await.fault()? {
            return Ok(theirs);
        }
        let now = tx.tenant_fetch().await.fault()?;
        if now.is_none_or(|now| now.keys != tenant.keys) {
            return Err(moved());
        }
        match tx.kek_insert(&kek).await {
            // Somebody was faster: theirs is the key, ours never was.
            Err(StoreError::Conflict { .. }) => {
                drop(tx);
                let mut view = self.store.read(caller.tenant).await.fault()?;
                return view.kek_current().await.fault()?.ok_or_else(moved);
            }
            other => other.fault()?,
        }
        let draft = self.kek_draft(caller, Action::KekCreated, &kek);
        tx.audit_append(vec![draft]).await.fault()?;
        tx.commit().await.fault()?;
        Ok(kek)
    }

    /// A key-encryption key of this version, wrapped by the tenant's root and stored nowhere yet.
    pub(crate) async fn kek_made(&self, tenant: &Tenant, version: u32) -> Result<TenantKek, Fault> {
        let context = KekContext {
            tenant: tenant.id,
            version,
        };
        self.wrapper.kek(&tenant.keys, context).await.fault()
    }

    pub(crate) fn kek_draft(&self, caller: &Caller, action: Action, kek: &TenantKek) -> Draft {
        self.draft(caller, action, Outcome::Succeeded)
            .fact("kek", kek.version)
            .fact("provider", kek.management.provider())
            .fact("root", &kek.root)
    }
}

fn moved() -> Fault {
    Fault::unavailable(
        "conflict",
        "the tenant's keys were changed meanwhile; try again",
    )
}
