//! Wrapped keys of wallets: added to, never overwritten.

use std::collections::BTreeMap;

use diesel::dsl::{count_star, not};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_core::WalletId;
use vaultpilot_ports::keys::WrappedKey;
use vaultpilot_ports::store::StoreError;

use super::error::{reading, writing};
use super::kek;
use crate::row::wallet_key::newer::{outdated, superseded};
use crate::row::wallet_key::{CONFLICT, LOCAL, Tally, WalletKeyRow, follows, read_tally};
use crate::schema::wallet_keys;
use crate::scope::Scope;

pub(super) fn fetch(
    conn: &mut SqliteConnection,
    scope: &Scope,
    id: WalletId,
) -> Result<Option<WrappedKey>, StoreError> {
    let row: Option<WalletKeyRow> = wallet_keys::table
        .filter(wallet_keys::tenant_id.eq(scope.key()))
        .filter(wallet_keys::wallet_id.eq(id.to_string()))
        .order((wallet_keys::version.desc(), wallet_keys::generation.desc()))
        .select(WalletKeyRow::as_select())
        .first(conn)
        .optional()
        .map_err(reading)?;
    row.map(WalletKeyRow::read).transpose()
}

pub(super) fn list_behind(
    conn: &mut SqliteConnection,
    scope: &Scope,
    kek: u32,
    after: Option<WalletId>,
    limit: u32,
) -> Result<Vec<(WalletId, WrappedKey)>, StoreError> {
    let under_none = wallet_keys::kek
        .is_null()
        .and(wallet_keys::provider.eq(LOCAL));
    let mut rows = wallet_keys::table
        .filter(wallet_keys::tenant_id.eq(scope.key()))
        .filter(not(outdated!()))
        .filter(not(superseded!()))
        .filter(
            under_none
                .or(wallet_keys::kek.lt(i64::from(kek)))
                .assume_not_null(),
        )
        .order(wallet_keys::wallet_id)
        .limit(i64::from(limit))
        .select(WalletKeyRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        rows = rows.filter(wallet_keys::wallet_id.gt(after.to_string()));
    }
    let rows = rows.load(conn).map_err(reading)?;
    rows.into_iter()
        .map(WalletKeyRow::read_with_wallet)
        .collect()
}

pub(super) fn count(
    conn: &mut SqliteConnection,
    scope: &Scope,
) -> Result<BTreeMap<(String, Option<u32>), u64>, StoreError> {
    let counted: Vec<Tally> = wallet_keys::table
        .filter(wallet_keys::tenant_id.eq(scope.key()))
        .filter(not(outdated!()))
        .filter(not(superseded!()))
        .group_by((wallet_keys::provider, wallet_keys::kek))
        .select((wallet_keys::provider, wallet_keys::kek, count_star()))
        .load(conn)
        .map_err(reading)?;
    counted
        .into_iter()
        .map(|tally| read_tally(scope, tally))
        .collect()
}

/// The versions of the key-encryption key that newest keys are under.
pub(super) fn keks(conn: &mut SqliteConnection, scope: &Scope) -> Result<Vec<i64>, StoreError> {
    wallet_keys::table
        .filter(wallet_keys::tenant_id.eq(scope.key()))
        .filter(wallet_keys::kek.is_not_null())
        .filter(not(outdated!()))
        .select(wallet_keys::kek.assume_not_null())
        .distinct()
        .load(conn)
        .map_err(reading)
}

/// Refuses a key under a key-encryption key that is not there.
pub(super) fn opens(
    conn: &mut SqliteConnection,
    scope: &Scope,
    key: &WrappedKey,
) -> Result<(), StoreError> {
    if let Some(version) = key.kek {
        kek::fetch(conn, scope, version)?.ok_or(kek::CONFLICT)?;
    }
    Ok(())
}

/// Of a wallet that is new, or next to the newest one.
pub(super) fn insert(
    conn: &mut SqliteConnection,
    scope: &Scope,
    id: WalletId,
    key: &WrappedKey,
) -> Result<(), StoreError> {
    diesel::insert_into(wallet_keys::table)
        .values(&WalletKeyRow::write(scope, id, key))
        .execute(conn)
        .map_err(writing("wallet key"))?;
    Ok(())
}

pub(super) fn rewrap(
    conn: &mut SqliteConnection,
    scope: &Scope,
    id: WalletId,
    key: &WrappedKey,
) -> Result<(), StoreError> {
    let newest = fetch(conn, scope, id)?.ok_or(CONFLICT)?;
    if !follows(key, &newest) {
        return Err(CONFLICT);
    }
    opens(conn, scope, key)?;
    insert(conn, scope, id, key)
}

pub(super) fn purge(conn: &mut SqliteConnection, scope: &Scope) -> Result<u64, StoreError> {
    let old = wallet_keys::table
        .filter(wallet_keys::tenant_id.eq(scope.key()))
        .filter(outdated!());
    let deleted = diesel::delete(old).execute(conn).map_err(reading)?;
    Ok(u64::try_from(deleted).unwrap_or(u64::MAX))
}
