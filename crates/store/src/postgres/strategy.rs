//! Strategies: who they are stands still, what they do and where they stand moves.

use diesel::dsl::{count_star, min};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use vaultpilot_core::{Label, StrategyId, Timestamp};
use vaultpilot_ports::store::{Page, StoreError, StrategyFilter};
use vaultpilot_strategy::{StateName, Strategy};

use super::error::{reading, writing};
use super::transaction::one;
use crate::cell::{Cells, nanos};
use crate::row::strategy::{StrategyChange, StrategyRow};
use crate::schema::{strategies, strategy_runs};
use crate::scope::Scope;

const DETACHED: &str = StateName::Detached.as_str();

pub(super) async fn fetch(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    id: StrategyId,
) -> Result<Option<Strategy>, StoreError> {
    let row = strategies::table
        .filter(strategies::tenant_id.eq(scope.key()))
        .filter(strategies::id.eq(id.to_string()))
        .select(StrategyRow::as_select())
        .first(conn)
        .await
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read(scope)).transpose()
}

pub(super) async fn find(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    name: &Label,
) -> Result<Option<Strategy>, StoreError> {
    let row = strategies::table
        .filter(strategies::tenant_id.eq(scope.key()))
        .filter(strategies::name.eq(name.as_str()))
        .filter(strategies::state.ne(DETACHED))
        .select(StrategyRow::as_select())
        .first(conn)
        .await
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read(scope)).transpose()
}

pub(super) async fn list(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    filter: &StrategyFilter,
    page: &Page,
) -> Result<Vec<Strategy>, StoreError> {
    let mut rows = strategies::table
        .filter(strategies::tenant_id.eq(scope.key()))
        .order(strategies::id)
        .limit(i64::from(page.limit.min(Page::MAX)))
        .select(StrategyRow::as_select())
        .into_boxed();
    if let Some(wallet) = filter.wallet {
        rows = rows.filter(strategies::wallet_id.eq(wallet.to_string()));
    }
    if !filter.with_detached {
        rows = rows.filter(strategies::state.ne(DETACHED));
    }
    if let Some(after) = &page.after {
        rows = rows.filter(strategies::id.gt(after));
    }
    let rows = rows.load(conn).await.map_err(reading)?;
    rows.iter().map(|row| row.read(scope)).collect()
}

pub(super) async fn count(conn: &mut AsyncPgConnection, scope: &Scope) -> Result<u64, StoreError> {
    let count: i64 = strategies::table
        .filter(strategies::tenant_id.eq(scope.key()))
        .filter(strategies::state.ne(DETACHED))
        .select(count_star())
        .get_result(conn)
        .await
        .map_err(reading)?;
    Cells::of("strategies", scope.key()).integer("count", count)
}

pub(super) async fn due(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Strategy>, StoreError> {
    let rows = strategies::table
        .filter(strategies::tenant_id.eq(scope.key()))
        .filter(strategies::next_at.le(nanos(now)))
        .order((strategies::next_at, strategies::id))
        .limit(i64::from(limit))
        .select(StrategyRow::as_select())
        .load(conn)
        .await
        .map_err(reading)?;
    rows.iter().map(|row| row.read(scope)).collect()
}

pub(super) async fn next(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
) -> Result<Option<Timestamp>, StoreError> {
    let tick: Option<i64> = strategies::table
        .filter(strategies::tenant_id.eq(scope.key()))
        .select(min(strategies::next_at))
        .get_result(conn)
        .await
        .map_err(reading)?;
    let lease: Option<i64> = strategy_runs::table
        .filter(strategy_runs::tenant_id.eq(scope.key()))
        .select(min(strategy_runs::lease_until))
        .get_result(conn)
        .await
        .map_err(reading)?;
    let first = tick.into_iter().chain(lease).min();
    Cells::of("strategies", scope.key()).maybe_time("next_at", first)
}

pub(super) async fn insert(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    strategy: &Strategy,
) -> Result<(), StoreError> {
    scope.own(strategy.tenant)?;
    let row = StrategyRow::write(scope, strategy)?;
    let inserted = diesel::insert_into(strategies::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(conn)
        .await
        .map_err(writing("strategy"))?;
    one(inserted, "strategy")
}

pub(super) async fn update(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    seen: u64,
    strategy: &Strategy,
) -> Result<(), StoreError> {
    scope.own(strategy.tenant)?;
    let id = strategy.id.to_string();
    let seen = Cells::of("strategies", &id).signed("revision", seen)?;
    let still = strategies::table
        .filter(strategies::tenant_id.eq(scope.key()))
        .filter(strategies::id.eq(&id))
        .filter(strategies::kind.eq(strategy.spec.body.kind().as_str()))
        .filter(strategies::revision.eq(seen));
    let updated = diesel::update(still)
        .set(StrategyChange::write(strategy)?)
        .execute(conn)
        .await
        .map_err(writing("strategy"))?;
    one(updated, "strategy")
}
