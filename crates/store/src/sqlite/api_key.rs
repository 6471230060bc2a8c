//! API keys, by the hash of their secret.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_core::{KeyId, Timestamp};
use vaultpilot_ports::store::{ApiKey, SecretHash, StoreError};

use super::cell::{Cells, nanos};
use super::error::{reading, writing};
use super::scope::Scope;
use crate::schema::api_keys;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys)]
struct ApiKeyRow {
    tenant_id: String,
    id: String,
    name: String,
    role: String,
    scopes: String,
    prefix: String,
    hash: Vec<u8>,
    created_at: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl ApiKeyRow {
    fn write(scope: &Scope, key: &ApiKey) -> Result<Self, StoreError> {
        let id = key.id.to_string();
        let cells = Cells::of("api_keys", &id);
        Ok(Self {
            tenant_id: scope.key().to_owned(),
            name: key.name.to_string(),
            role: cells.to_word("role", &key.role)?,
            scopes: cells.to_json("scopes", &key.scopes)?,
            prefix: key.prefix.clone(),
            hash: key.hash.0.to_vec(),
            created_at: nanos(key.created_at),
            expires_at: key.expires_at.map(nanos),
            revoked_at: key.revoked_at.map(nanos),
            id,
        })
    }

    fn read(&self) -> Result<ApiKey, StoreError> {
        let cells = Cells::of("api_keys", &self.id);
        Ok(ApiKey {
            id: cells.parse("id", &self.id)?,
            name: cells.parse("name", &self.name)?,
            role: cells.word("role", &self.role)?,
            scopes: cells.json("scopes", &self.scopes)?,
            prefix: self.prefix.clone(),
            hash: SecretHash(cells.bytes("hash", &self.hash)?),
            created_at: cells.time("created_at", self.created_at)?,
            expires_at: cells.maybe_time("expires_at", self.expires_at)?,
            revoked_at: cells.maybe_time("revoked_at", self.revoked_at)?,
        })
    }
}

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
