//! Tenants.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_core::{Tenant, TenantName};
use vaultpilot_ports::store::StoreError;

use super::cell::Cells;
use super::error::{reading, writing};
use super::kek;
use super::scope::Scope;
use crate::row::tenant::TenantRow;
use crate::schema::tenants;

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

/// Everything moves but its id, its name and its birth; and what wraps its keys, once there is one.
pub(super) fn update(
    conn: &mut SqliteConnection,
    scope: &Scope,
    tenant: &Tenant,
) -> Result<(), StoreError> {
    scope.own(tenant.id)?;
    let row = TenantRow::write(tenant)?;
    let before = fetch(conn, scope)?.ok_or(StoreError::Conflict { what: "tenant" })?;
    if before.keys != tenant.keys && kek::current(conn, scope)?.is_some() {
        return Err(StoreError::Conflict {
            what: "key management",
        });
    }
    let updated = diesel::update(tenants::table.filter(tenants::id.eq(scope.key())))
        .set((
            tenants::state.eq(row.state),
            tenants::namespace.eq(row.namespace),
            tenants::quota.eq(row.quota),
            tenants::keys.eq(row.keys),
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
