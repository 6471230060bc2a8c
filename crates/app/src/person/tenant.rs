//! Makes the tenant a house starts with.

use vaultpilot_audit::{Action, Outcome};
use vaultpilot_core::tenant::TenantState;
use vaultpilot_core::{Caller, KeyManagement, Quota, Tenant, TenantId, TenantName};
use vaultpilot_ports::Fault;

use crate::App;
use crate::error::OrFault;

impl App {
    /// The tenant of this name, made if there is none, with keys that this wraps; and whether it was
    /// made now.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn tenant_ensure(
        &self,
        name: &TenantName,
        keys: &KeyManagement,
    ) -> Result<(Tenant, bool), Fault> {
        if let Some(tenant) = self.tenant_named(name).await? {
            return Ok((tenant, false));
        }
        let tenant = Tenant {
            id: TenantId::new(self.clock.as_ref(), self.entropy.as_ref()),
            name: name.clone(),
            state: TenantState::Active,
            namespace: None,
            quota: Quota::default(),
            keys: keys.clone(),
            managed: None,
            created_at: self.now(),
        };
        if !self.store.tenant_create(&tenant).await.fault()? {
            let theirs = self.tenant_named(name).await?;
            return theirs
                .map(|t| (t, false))
                .ok_or_else(|| Fault::not_found("tenant", name));
        }
        let system = Caller::system(tenant.id);
        let draft = self.draft(&system, Action::TenantCreated, Outcome::Succeeded);
        self.audit(tenant.id, draft.fact("name", name)).await?;
        Ok((tenant, true))
    }
}
