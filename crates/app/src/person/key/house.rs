//! Keys as whoever runs the house hands them out: by the tenant's name, without a person's key. The
//! audit log says that it was the house itself.

use vaultpilot_audit::{Action, Outcome};
use vaultpilot_core::{Caller, KeyId, Label, TenantName};
use vaultpilot_ports::Fault;

use super::{KeyCreate, KeyCreated, KeyView, view};
use crate::App;
use crate::error::OrFault;

impl App {
    /// # Errors
    /// `NotFound` without such a tenant; `Conflict` when an unrevoked key of that name exists.
    pub async fn house_key_create(
        &self,
        tenant: &TenantName,
        request: &KeyCreate,
    ) -> Result<KeyCreated, Fault> {
        let house = self.house(tenant).await?;
        self.key_make(&house, request).await
    }

    /// # Errors
    /// `NotFound` without such a tenant.
    pub async fn house_key_list(&self, tenant: &TenantName) -> Result<Vec<KeyView>, Fault> {
        let house = self.house(tenant).await?;
        let mut tx = self.store.read(house.tenant).await.fault()?;
        Ok(tx.api_key_list().await.fault()?.iter().map(view).collect())
    }

    /// Ends the living key of this name.
    ///
    /// # Errors
    /// `NotFound` without such a tenant or key.
    pub async fn house_key_revoke(
        &self,
        tenant: &TenantName,
        name: &Label,
    ) -> Result<KeyId, Fault> {
        let house = self.house(tenant).await?;
        let mut tx = self.store.begin(house.tenant).await.fault()?;
        let keys = tx.api_key_list().await.fault()?;
        let living = keys
            .iter()
            .find(|key| key.name == *name && key.revoked_at.is_none());
        let Some(key) = living else {
            return Err(Fault::not_found("key", name));
        };
        tx.api_key_revoke(key.id, self.now()).await.fault()?;
        let draft = self
            .draft(&house, Action::KeyRevoked, Outcome::Succeeded)
            .fact("key", key.id);
        tx.audit_append(vec![draft]).await.fault()?;
        tx.commit().await.fault()?;
        self.feed.changed(house.tenant);
        Ok(key.id)
    }

    pub(crate) async fn house(&self, tenant: &TenantName) -> Result<Caller, Fault> {
        let found = self.tenant_named(tenant).await?;
        let found = found.ok_or_else(|| Fault::not_found("tenant", tenant))?;
        Ok(Caller::system(found.id))
    }
}
