//! A tenant as a row.

use diesel::prelude::*;
use vaultpilot_core::Tenant;
use vaultpilot_ports::store::StoreError;

use crate::cell::{Cells, nanos};
use crate::schema::tenants;

#[derive(Queryable, QueryableByName, Selectable, Insertable)]
#[diesel(table_name = tenants)]
pub(crate) struct TenantRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) state: String,
    pub(crate) namespace: Option<String>,
    pub(crate) quota: String,
    pub(crate) keys: String,
    pub(crate) managed: Option<String>,
    pub(crate) created_at: i64,
}

impl TenantRow {
    pub(crate) fn write(tenant: &Tenant) -> Result<Self, StoreError> {
        let id = tenant.id.to_string();
        let cells = Cells::of("tenants", &id);
        Ok(Self {
            name: tenant.name.to_string(),
            state: cells.to_json("state", &tenant.state)?,
            namespace: tenant.namespace.clone(),
            quota: cells.to_json("quota", &tenant.quota)?,
            keys: cells.to_json("keys", &tenant.keys)?,
            managed: cells.to_maybe_json("managed", tenant.managed.as_ref())?,
            created_at: nanos(tenant.created_at),
            id,
        })
    }

    pub(crate) fn read(&self) -> Result<Tenant, StoreError> {
        let cells = Cells::of("tenants", &self.id);
        Ok(Tenant {
            id: cells.parse("id", &self.id)?,
            name: cells.parse("name", &self.name)?,
            state: cells.json("state", &self.state)?,
            namespace: self.namespace.clone(),
            quota: cells.json("quota", &self.quota)?,
            keys: cells.json("keys", &self.keys)?,
            managed: cells.maybe_json("managed", self.managed.as_deref())?,
            created_at: cells.time("created_at", self.created_at)?,
        })
    }
}
