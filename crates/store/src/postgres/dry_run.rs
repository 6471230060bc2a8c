//! Which requests were simulated, and when last.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use vaultpilot_core::Timestamp;
use vaultpilot_intent::Digest;
use vaultpilot_ports::store::StoreError;

use super::error::{reading, writing};
use crate::cell::{hash, nanos};
use crate::schema::dry_runs;
use crate::scope::Scope;

pub(super) async fn insert(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    digest: Digest,
    at: Timestamp,
) -> Result<(), StoreError> {
    let at = nanos(at).max(last(conn, scope, digest).await?.unwrap_or(i64::MIN));
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
        .await
        .map_err(writing("dry run"))?;
    Ok(())
}

pub(super) async fn seen(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    digest: Digest,
    since: Timestamp,
) -> Result<bool, StoreError> {
    Ok(last(conn, scope, digest)
        .await?
        .is_some_and(|at| at >= nanos(since)))
}

async fn last(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    digest: Digest,
) -> Result<Option<i64>, StoreError> {
    dry_runs::table
        .filter(dry_runs::tenant_id.eq(scope.key()))
        .filter(dry_runs::digest.eq(hash(digest.0)))
        .select(dry_runs::seen_at)
        .first(conn)
        .await
        .optional()
        .map_err(reading)
}
