//! Tenants.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_core::{Tenant, TenantName};
use vaultpilot_ports::store::StoreError;

use super::cell::{Cells, nanos};
use super::error::{reading, writing};
use super::scope::Scope;
use crate::schema::tenants;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tenants)]
struct TenantRow {
    id: String,
    name: String,
    state: String,
    namespace: Option<String>,
    quota: String,
    managed: Option<String>,
    created_at: i64,
}

impl TenantRow {
    fn write(tenant: &Tenant) -> Result<Self, StoreError> {
        let id = tenant.id.to_string();
        let cells = Cells::of("tenants", &id);
        Ok(Self {
            name: tenant.name.to_string(),
            state: cells.to_json("state", &tenant.state)?,
            namespace: tenant.namespace.clone(),
            quota: cells.to_json("quota", &tenant.quota)?,
            managed: cells.to_maybe_json("managed", tenant.managed.as_ref())?,
            created_at: nanos(tenant.created_at),
            id,
        })
    }

    fn read(&self) -> Result<Tenant, StoreError> {
        let cells = Cells::of("tenants", &self.id);
        Ok(Tenant {
            id: cells.parse("id", &self.id)?,
            name: cells.parse("name", &self.name)?,
            state: cells.json("state", &self.state)?,
            namespace: self.namespace.clone(),
            quota: cells.json("quota", &self.quota)?,
            managed: cells.maybe_json("managed", self.managed.as_deref())?,
            created_at: cells.time("created_at", self.created_at)?,
        })
    }
}

pub(super) fn create(conn: &mut SqliteConnection, tenant: &Tenant) -> Result<bool, StoreError> {
    let row = TenantRow::write(tenant)?;
    let inserted = diesel::insert_into(tenants::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(conn)
        .map_err(writing("tenant"))?;
    Ok(inserted == 1)
}

pub(super) fn find(
    conn: &mut SqliteConnection,
    name: &TenantName,
) -> Result<Option<Tenant>, StoreError> {
    let row = tenants::table
        .filter(tenants::name.eq(name.as_str()))
        .select(TenantRow::as_select())
        .first(conn)
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read()).transpose()
}

pub(super) fn find_by_namespace(
    conn: &mut SqliteConnection,
    namespace: &str,
) -> Result<Option<Tenant>, StoreError> {
    let row = tenants::table
        .filter(tenants::namespace.eq(namespace))
        .select(TenantRow::as_select())
        .first(conn)
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read()).transpose()
}

pub(super) fn revision(conn: &mut SqliteConnection, scope: &Scope) -> Result<u64, StoreError> {
    let revision: Option<i64> = tenants::table
        .filter(tenants::id.eq(scope.key()))
        .select(tenants::revision)
        .first(conn)
        .optional()
        .map_err(reading)?;
    Cells::of("tenants", scope.key()).integer("revision", revision.unwrap_or_default())
}

pub(super) fn list(conn: &mut SqliteConnection) -> Result<Vec<Tenant>, StoreError> {
    let rows = tenants::table
        .order(tenants::id)
        .select(TenantRow::as_select())
        .load(conn)
        .map_err(reading)?;
    rows.iter().map(TenantRow::read).collect()
}

pub(super) fn fetch(
    conn: &mut SqliteConnection,
    scope: &Scope,
) -> Result<Option<Tenant>, StoreError> {
    let row = tenants::table
        .filter(tenants::id.eq(scope.key()))
        .select(TenantRow::as_select())
        .first(conn)
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read()).transpose()
}

/// Everything moves but its id, its name and its birth.
pub(super) fn update(
    conn: &mut SqliteConnection,
    scope: &Scope,
    tenant: &Tenant,
) -> Result<(), StoreError> {
    scope.own(tenant.id)?;
    let row = TenantRow::write(tenant)?;
    let updated = diesel::update(tenants::table.filter(tenants::id.eq(scope.key())))
        .set((
            tenants::state.eq(row.state),
            tenants::namespace.eq(row.namespace),
            tenants::quota.eq(row.quota),
            tenants::managed.eq(row.managed),
        ))
        .execute(conn)
        .map_err(writing("tenant"))?;
    if updated == 1 {
        Ok(())
    } else {
        Err(StoreError::Conflict { what: "tenant" })
    }
}
