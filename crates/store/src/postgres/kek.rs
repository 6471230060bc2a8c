//! Tenants' key-encryption keys: added to, never overwritten.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use vaultpilot_ports::keys::TenantKek;
use vaultpilot_ports::store::StoreError;

use super::error::{reading, writing};
use super::{key_task, wallet_key};
use crate::cell::Cells;
use crate::row::kek::newer::outdated;
use crate::row::kek::{KekRow, follows, unused};
use crate::schema::tenant_keks;
use crate::scope::Scope;

pub(super) const CONFLICT: StoreError = StoreError::Conflict { what: "tenant kek" };

pub(super) async fn current(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
) -> Result<Option<TenantKek>, StoreError> {
    let row: Option<KekRow> = tenant_keks::table
        .filter(tenant_keks::tenant_id.eq(scope.key()))
        .order((tenant_keks::version.desc(), tenant_keks::generation.desc()))
        .select(KekRow::as_select())
        .first(conn)
        .await
        .optional()
        .map_err(reading)?;
    row.map(KekRow::read).transpose()
}

pub(super) async fn fetch(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    version: u32,
) -> Result<Option<TenantKek>, StoreError> {
    let row: Option<KekRow> = tenant_keks::table
        .filter(tenant_keks::tenant_id.eq(scope.key()))
        .filter(tenant_keks::version.eq(i64::from(version)))
        .order(tenant_keks::generation.desc())
        .select(KekRow::as_select())
        .first(conn)
        .await
        .optional()
        .map_err(reading)?;
    row.map(KekRow::read).transpose()
}

pub(super) async fn list(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
) -> Result<Vec<TenantKek>, StoreError> {
    let rows = tenant_keks::table
        .filter(tenant_keks::tenant_id.eq(scope.key()))
        .filter(diesel::dsl::not(outdated!()))
        .order(tenant_keks::version)
        .select(KekRow::as_select())
        .load(conn)
        .await
        .map_err(reading)?;
    rows.into_iter().map(KekRow::read).collect()
}

pub(super) async fn insert(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    kek: &TenantKek,
) -> Result<(), StoreError> {
    let newest = current(conn, scope).await?;
    let same = fetch(conn, scope, kek.version).await?;
    if !follows(kek, newest.as_ref(), same.as_ref()) {
        return Err(CONFLICT);
    }
    diesel::insert_into(tenant_keks::table)
        .values(&KekRow::write(scope, kek)?)
        .execute(conn)
        .await
        .map_err(writing("tenant kek"))?;
    Ok(())
}

pub(super) async fn purge(conn: &mut AsyncPgConnection, scope: &Scope) -> Result<u64, StoreError> {
    let cells = Cells::of("wallet_keys", scope.key());
    let mut named: BTreeSet<u32> = key_task::keks(conn, scope).await?;
    for version in wallet_key::keks(conn, scope).await? {
        named.insert(cells.integer("kek", version)?);
    }
    let mine = tenant_keks::table.filter(tenant_keks::tenant_id.eq(scope.key()));
    let old = diesel::delete(mine.filter(outdated!()))
        .execute(conn)
        .await
        .map_err(reading)?;
    let unused = unused(&list(conn, scope).await?, &named);
    let unused = diesel::delete(mine.filter(tenant_keks::version.eq_any(unused)))
        .execute(conn)
        .await
        .map_err(reading)?;
    Ok(u64::try_from(old.saturating_add(unused)).unwrap_or(u64::MAX))
}
