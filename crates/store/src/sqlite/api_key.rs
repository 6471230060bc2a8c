//! API keys, by the hash of their secret.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_core::{KeyId, Timestamp};
use vaultpilot_ports::store::{ApiKey, SecretHash, StoreError};

use super::cell::nanos;
use super::error::{reading, writing};
use super::scope::Scope;
use crate::row::api_key::ApiKeyRow;
use crate::schema::api_keys;

pub(super) fn find(
    conn: &mut SqliteConnection,
    scope: &Scope,
    hash: &SecretHash,
) -> Result<Option<ApiKey>, StoreError> {
    let row = api_keys::table
        .filter(api_keys::tenant_id.eq(scope.key()))
        .filter(api_keys::hash.eq(hash.0.as_slice()))
        .select(ApiKeyRow::as_select())
        .first(conn)
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read()).transpose()
}

pub(super) fn list(conn: &mut SqliteConnection, scope: &Scope) -> Result<Vec<ApiKey>, StoreError> {
    let rows = api_keys::table
        .filter(api_keys::tenant_id.eq(scope.key()))
        .order(api_keys::id)
        .select(ApiKeyRow::as_select())
        .load(conn)
        .map_err(reading)?;
    rows.iter().map(ApiKeyRow::read).collect()
}

pub(super) fn insert(
    conn: &mut SqliteConnection,
    scope: &Scope,
    key: &ApiKey,
) -> Result<(), StoreError> {
    let row = ApiKeyRow::write(scope, key)?;
    diesel::insert_into(api_keys::table)
        .values(&row)
        .execute(conn)
        .map_err(writing("api key"))?;
    Ok(())
}

/// The first revocation stands; `false` when there is nothing left to revoke.
pub(super) fn revoke(
    conn: &mut SqliteConnection,
    scope: &Scope,
    id: KeyId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let valid = api_keys::table
        .filter(api_keys::tenant_id.eq(scope.key()))
        .filter(api_keys::id.eq(id.to_string()))
        .filter(api_keys::revoked_at.is_null());
    let revoked = diesel::update(valid)
        .set(api_keys::revoked_at.eq(nanos(at)))
        .execute(conn)
        .map_err(writing("api key"))?;
    Ok(revoked == 1)
}
