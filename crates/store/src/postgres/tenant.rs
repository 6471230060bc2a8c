//! Tenants.

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use vaultpilot_core::{Tenant, TenantName};
use vaultpilot_ports::store::StoreError;

use super::error::{reading, writing};
use super::kek;
use super::transaction::{attempt, one};
use crate::cell::Cells;
use crate::row::tenant::TenantRow;
use crate::schema::tenants;
use crate::scope::Scope;

pub(super) async fn create(
    conn: &mut AsyncPgConnection,
    tenant: &Tenant,
) -> Result<bool, StoreError> {
    let row = TenantRow::write(tenant)?;
    let inserted = diesel::insert_into(tenants::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(conn)
        .await
        .map_err(writing("tenant"))?;
    Ok(inserted == 1)
}

/// Across tenants, as the next two: asked of functions of the tables' owner.
pub(super) async fn find(
    conn: &mut AsyncPgConnection,
    name: &TenantName,
) -> Result<Option<Tenant>, StoreError> {
    let row: Option<TenantRow> = diesel::sql_query("SELECT * FROM tenants_by_name($1)")
        .bind::<Text, _>(name.as_str())
        .get_result(conn)
        .await
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read()).transpose()
}

pub(super) async fn find_by_namespace(
    conn: &mut AsyncPgConnection,
    namespace: &str,
) -> Result<Option<Tenant>, StoreError> {
    let row: Option<TenantRow> = diesel::sql_query("SELECT * FROM tenants_by_namespace($1)")
        .bind::<Text, _>(namespace)
        .get_result(conn)
        .await
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read()).transpose()
}

pub(super) async fn list(conn: &mut AsyncPgConnection) -> Result<Vec<Tenant>, StoreError> {
    let rows: Vec<TenantRow> = diesel::sql_query("SELECT * FROM tenants_all()")
        .load(conn)
        .await
        .map_err(reading)?;
    rows.iter().map(TenantRow::read).collect()
}

pub(super) async fn revision(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
) -> Result<u64, StoreError> {
    let revision: Option<i64> = tenants::table
        .filter(tenants::id.eq(scope.key()))
        .select(tenants::revision)
        .first(conn)
        .await
        .optional()
        .map_err(reading)?;
    Cells::of("tenants", scope.key()).integer("revision", revision.unwrap_or_default())
}

pub(super) async fn fetch(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
) -> Result<Option<Tenant>, StoreError> {
    let row = tenants::table
        .filter(tenants::id.eq(scope.key()))
        .select(TenantRow::as_select())
        .first(conn)
        .await
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read()).transpose()
}

/// Everything moves but its id, its name and its birth; and what wraps its keys, once there is one.
pub(super) async fn update(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    tenant: &Tenant,
) -> Result<(), StoreError> {
    scope.own(tenant.id)?;
    let row = TenantRow::write(tenant)?;
    let before = fetch(conn, scope)
        .await?
        .ok_or(StoreError::Conflict { what: "tenant" })?;
    if before.keys != tenant.keys && kek::current(conn, scope).await?.is_some() {
        return Err(StoreError::Conflict {
            what: "key management",
        });
    }
    let change = diesel::update(tenants::table.filter(tenants::id.eq(scope.key()))).set((
        tenants::state.eq(row.state),
        tenants::namespace.eq(row.namespace),
        tenants::quota.eq(row.quota),
        tenants::keys.eq(row.keys),
        tenants::managed.eq(row.managed),
    ));
    one(attempt(conn, "tenant", change).await?, "tenant")
}
