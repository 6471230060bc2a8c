//! Intents in order: a tenant's pages, newest first, and what is in flight, oldest first.

use diesel::prelude::*;
use diesel::sql_types::{Array, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use vaultpilot_intent::{Intent, StateName};
use vaultpilot_policy::Decision;
use vaultpilot_ports::store::{InFlight, IntentFilter, Page, StoreError};

use crate::postgres::error::reading;
use crate::row::intent::{IntentRow, LaneRow};
use crate::schema::intents;
use crate::scope::Scope;

pub(in crate::postgres) async fn list(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    filter: &IntentFilter,
    page: &Page,
) -> Result<Vec<(Intent, Decision)>, StoreError> {
    let mut rows = intents::table
        .filter(intents::tenant_id.eq(scope.key()))
        .order(intents::id.desc())
        .limit(i64::from(page.limit.min(Page::MAX)))
        .select(IntentRow::as_select())
        .into_boxed();
    if let Some(wallet) = filter.wallet {
        rows = rows.filter(intents::wallet_id.eq(wallet.to_string()));
    }
    if !filter.states.is_empty() {
        let states = filter.states.iter().copied().map(StateName::as_str);
        rows = rows.filter(intents::state.eq_any(states));
    }
    if let Some(after) = &page.after {
        rows = rows.filter(intents::id.lt(after));
    }
    rows.load(conn)
        .await
        .map_err(reading)?
        .iter()
        .map(|row| row.read(scope))
        .collect()
}

/// Across tenants, by id, which is by age: asked of a function that gives these columns only.
pub(in crate::postgres) async fn in_flight(
    conn: &mut AsyncPgConnection,
) -> Result<Vec<InFlight>, StoreError> {
    let states: Vec<&str> = StateName::ALL
        .into_iter()
        .filter(|state| state.is_in_flight())
        .map(StateName::as_str)
        .collect();
    let rows: Vec<LaneRow> = diesel::sql_query("SELECT * FROM intents_in_states($1)")
        .bind::<Array<Text>, _>(states)
        .load(conn)
        .await
        .map_err(reading)?;
    rows.iter().map(LaneRow::read).collect()
}
