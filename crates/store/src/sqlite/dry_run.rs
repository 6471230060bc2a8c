//! Which requests were simulated, and when last.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_core::Timestamp;
use vaultpilot_intent::Digest;
use vaultpilot_ports::store::StoreError;

use super::cell::{hash, nanos};
use super::error::{reading, writing};
use super::scope::Scope;
use crate::schema::dry_runs;

pub(super) fn insert(
    conn: &mut SqliteConnection,
    scope: &Scope,
    digest: Digest,
    at: Timestamp,
) -> Result<(), StoreError> {
    let at = nanos(at).max(last(conn, scope, digest)?.unwrap_or(i64::MIN));
    diesel::insert_into(dry_runs::table)
        .values((
            dry_runs::tenant_id.eq(scope.key()),
            dry_runs::digest.eq(hash(digest.0)),
            dry_runs::seen_at.eq(at),
        ))
        .on_conflict((dry_runs::tenant_id, dry_runs::digest))
        .do_update()
        .set(dry_runs::seen_at.eq(at))
        .execute(conn)
        .map_err(writing("dry run"))?;
    Ok(())
}

pub(super) fn seen(
    conn: &mut SqliteConnection,
    scope: &Scope,
    digest: Digest,
    since: Timestamp,
) -> Result<bool, StoreError> {
    Ok(last(conn, scope, digest)?.is_some_and(|at| at >= nanos(since)))
}

fn last(
    conn: &mut SqliteConnection,
    scope: &Scope,
    digest: Digest,
) -> Result<Option<i64>, StoreError> {
    dry_runs::table
        .filter(dry_runs::tenant_id.eq(scope.key()))
        .filter(dry_runs::digest.eq(hash(digest.0)))
        .select(dry_runs::seen_at)
        .first(conn)
        .optional()
        .map_err(reading)
}
