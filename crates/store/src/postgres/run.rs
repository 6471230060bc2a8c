//! Runs of strategies: one for each tick, fenced by their epoch, fixed once they have ended.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use vaultpilot_core::{RunId, StrategyId, Timestamp};
use vaultpilot_ports::store::{Page, RunFilter, StoreError};
use vaultpilot_strategy::Run;

use super::error::{reading, writing};
use super::transaction::one;
use crate::cell::nanos;
use crate::row::run::{ENDED, RunChange, RunRow};
use crate::schema::strategy_runs;
use crate::scope::Scope;

pub(super) async fn fetch(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    id: RunId,
) -> Result<Option<Run>, StoreError> {
    let row = strategy_runs::table
        .filter(strategy_runs::tenant_id.eq(scope.key()))
        .filter(strategy_runs::id.eq(id.to_string()))
        .select(RunRow::as_select())
        .first(conn)
        .await
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read(scope)).transpose()
}

pub(super) async fn list(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    filter: &RunFilter,
    page: &Page,
) -> Result<Vec<Run>, StoreError> {
    let mut rows = strategy_runs::table
        .filter(strategy_runs::tenant_id.eq(scope.key()))
        .order(strategy_runs::id.desc())
        .limit(i64::from(page.limit.min(Page::MAX)))
        .select(RunRow::as_select())
        .into_boxed();
    if let Some(strategy) = filter.strategy {
        rows = rows.filter(strategy_runs::strategy_id.eq(strategy.to_string()));
    }
    if filter.open_only {
        rows = rows.filter(strategy_runs::state.ne(ENDED));
    }
    if let Some(after) = &page.after {
        rows = rows.filter(strategy_runs::id.lt(after));
    }
    let rows = rows.load(conn).await.map_err(reading)?;
    rows.iter().map(|row| row.read(scope)).collect()
}

pub(super) async fn expired(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Run>, StoreError> {
    let rows = strategy_runs::table
        .filter(strategy_runs::tenant_id.eq(scope.key()))
        .filter(strategy_runs::lease_until.le(nanos(now)))
        .order((strategy_runs::lease_until, strategy_runs::id))
        .limit(i64::from(limit))
        .select(RunRow::as_select())
        .load(conn)
        .await
        .map_err(reading)?;
    rows.iter().map(|row| row.read(scope)).collect()
}

pub(super) async fn insert(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    run: &Run,
) -> Result<(), StoreError> {
    scope.own(run.tenant)?;
    let row = RunRow::write(scope, run)?;
    let inserted = diesel::insert_into(strategy_runs::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(conn)
        .await
        .map_err(writing("run"))?;
    one(inserted, "run")
}

pub(super) async fn update(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    seen: i64,
    run: &Run,
) -> Result<(), StoreError> {
    scope.own(run.tenant)?;
    let change = RunChange::write(run)?;
    let mine = || {
        strategy_runs::table
            .filter(strategy_runs::tenant_id.eq(scope.key()))
            .filter(strategy_runs::id.eq(run.id.to_string()))
    };
    let still = mine()
        .filter(strategy_runs::epoch.eq(seen))
        .filter(strategy_runs::state.ne(ENDED));
    let updated = diesel::update(still)
        .set(change)
        .execute(conn)
        .await
        .map_err(writing("run"))?;
    if updated == 1 {
        return Ok(());
    }
    let epoch: Option<i64> = mine()
        .select(strategy_runs::epoch)
        .first(conn)
        .await
        .optional()
        .map_err(reading)?;
    match epoch {
        Some(epoch) if epoch != seen => Err(StoreError::LeaseLost),
        _ => Err(StoreError::Conflict { what: "run" }),
    }
}

pub(super) async fn trim(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    strategy: StrategyId,
    keep: u32,
) -> Result<u64, StoreError> {
    let strategy = strategy.to_string();
    let ended = || {
        strategy_runs::table
            .filter(strategy_runs::tenant_id.eq(scope.key()))
            .filter(strategy_runs::strategy_id.eq(&strategy))
            .filter(strategy_runs::state.eq(ENDED))
    };
    let newest_gone: Option<String> = ended()
        .order(strategy_runs::id.desc())
        .offset(i64::from(keep))
        .select(strategy_runs::id)
        .first(conn)
        .await
        .optional()
        .map_err(reading)?;
    let Some(newest_gone) = newest_gone else {
        return Ok(0);
    };
    let deleted = diesel::delete(ended().filter(strategy_runs::id.le(newest_gone)))
        .execute(conn)
        .await
        .map_err(writing("run"))?;
    Ok(u64::try_from(deleted).unwrap_or(u64::MAX))
}
