//! The same, as whoever runs the house asks for it: by the tenant's name, without a person's key.
//! Rotation alone: what takes keys in or lets them out is for people with a name.

use vaultpilot_core::{KeyTaskId, TenantName};
use vaultpilot_ports::Fault;
use vaultpilot_ports::store::KeyLevel;

use super::view::{CustodyView, KeyTaskView};
use super::{fetch, view};
use crate::App;
use crate::error::OrFault;

impl App {
    /// # Errors
    /// `NotFound` without such a tenant.
    pub async fn house_custody_status(&self, tenant: &TenantName) -> Result<CustodyView, Fault> {
        let house = self.house(tenant).await?;
        self.custody_read(&house).await
    }

    /// # Errors
    /// `NotFound` without such a tenant; `Conflict` while another level is rotated.
    pub async fn house_custody_rotate(
        &self,
        tenant: &TenantName,
        level: KeyLevel,
    ) -> Result<KeyTaskView, Fault> {
        let house = self.house(tenant).await?;
        self.rotation_begun(&house, level).await
    }

    /// # Errors
    /// `NotFound` without such a tenant or task.
    pub async fn house_key_task(
        &self,
        tenant: &TenantName,
        id: KeyTaskId,
    ) -> Result<KeyTaskView, Fault> {
        let house = self.house(tenant).await?;
        let mut tx = self.store.read(house.tenant).await.fault()?;
        Ok(view::task(&fetch(tx.as_mut(), id).await?))
    }

    /// The names of all tenants that are not archived.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn house_tenants(&self) -> Result<Vec<TenantName>, Fault> {
        let tenants = self.store.tenant_list().await.fault()?;
        let here = tenants.into_iter().filter(|tenant| {
            !matches!(tenant.state, vaultpilot_core::TenantState::Archived { .. })
        });
        Ok(here.map(|tenant| tenant.name).collect())
    }
}
