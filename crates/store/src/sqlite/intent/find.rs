//! One intent, by what is known of it.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_core::{B256, IntentId, RequestId, Timestamp, WalletId};
use vaultpilot_intent::{Digest, Intent, StateName};
use vaultpilot_policy::Decision;
use vaultpilot_ports::store::StoreError;

use crate::row::intent::IntentRow;
use crate::schema::intents;
use crate::sqlite::cell::{Cells, hash, nanos};
use crate::sqlite::error::reading;
use crate::sqlite::scope::Scope;

pub(in crate::sqlite) fn fetch(
    conn: &mut SqliteConnection,
    scope: &Scope,
    id: IntentId,
) -> Result<Option<(Intent, Decision)>, StoreError> {
    let row = intents::table
        .filter(intents::tenant_id.eq(scope.key()))
        .filter(intents::id.eq(id.to_string()))
        .select(IntentRow::as_select())
        .first(conn)
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read(scope)).transpose()
}

pub(in crate::sqlite) fn find(
    conn: &mut SqliteConnection,
    scope: &Scope,
    request: &RequestId,
) -> Result<Option<(Intent, Decision)>, StoreError> {
    let row = intents::table
        .filter(intents::tenant_id.eq(scope.key()))
        .filter(intents::request_id.eq(request.as_str()))
        .select(IntentRow::as_select())
        .first(conn)
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read(scope)).transpose()
}

pub(in crate::sqlite) fn find_by_hash(
    conn: &mut SqliteConnection,
    scope: &Scope,
    tx: B256,
) -> Result<Option<(Intent, Decision)>, StoreError> {
    let row = intents::table
        .filter(intents::tenant_id.eq(scope.key()))
        .filter(intents::tx_hash.eq(hash(tx)))
        .order(intents::id)
        .select(IntentRow::as_select())
        .first(conn)
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read(scope)).transpose()
}

pub(in crate::sqlite) fn find_alike(
    conn: &mut SqliteConnection,
    scope: &Scope,
    wallet: WalletId,
    digest: Digest,
    since: Timestamp,
) -> Result<Option<IntentId>, StoreError> {
    let came_to_nothing = [
        StateName::Denied,
        StateName::Rejected,
        StateName::Expired,
        StateName::Cancelled,
        StateName::Refused,
    ];
    let id: Option<String> = intents::table
        .filter(intents::tenant_id.eq(scope.key()))
        .filter(intents::wallet_id.eq(wallet.to_string()))
        .filter(intents::request_digest.eq(hash(digest.0)))
        .filter(intents::created_at.ge(nanos(since)))
        .filter(intents::state.ne_all(came_to_nothing.map(StateName::as_str)))
        .order(intents::id.desc())
        .select(intents::id)
        .first(conn)
        .optional()
        .map_err(reading)?;
    id.map(|id| Cells::of("intents", &id).parse("id", &id))
        .transpose()
}
