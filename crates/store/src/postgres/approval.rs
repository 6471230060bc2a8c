//! Questions put to people, and their answers.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use vaultpilot_core::{ApprovalId, TenantId, Timestamp};
use vaultpilot_ports::store::{Approval, ApprovalState, Page, StoreError};

use super::error::{reading, writing};
use super::transaction::one;
use crate::cell::{Cells, nanos};
use crate::row::approval::{ApprovalRow, OverdueRow, WAITING, failed_codes};
use crate::schema::approvals;
use crate::scope::Scope;

pub(super) async fn fetch(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    id: ApprovalId,
) -> Result<Option<Approval>, StoreError> {
    let row = approvals::table
        .filter(approvals::tenant_id.eq(scope.key()))
        .filter(approvals::id.eq(id.to_string()))
        .select(ApprovalRow::as_select())
        .first(conn)
        .await
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read()).transpose()
}

pub(super) async fn list(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    waiting_only: bool,
    page: &Page,
) -> Result<Vec<Approval>, StoreError> {
    let mut rows = approvals::table
        .filter(approvals::tenant_id.eq(scope.key()))
        .order(approvals::id.desc())
        .limit(i64::from(page.limit.min(Page::MAX)))
        .select(ApprovalRow::as_select())
        .into_boxed();
    if waiting_only {
        rows = rows.filter(approvals::state.eq(WAITING));
    }
    if let Some(after) = &page.after {
        rows = rows.filter(approvals::id.lt(after));
    }
    rows.load(conn)
        .await
        .map_err(reading)?
        .iter()
        .map(ApprovalRow::read)
        .collect()
}

/// Across tenants: asked of a function that gives the ids only.
pub(super) async fn overdue(
    conn: &mut AsyncPgConnection,
    now: Timestamp,
) -> Result<Vec<(TenantId, ApprovalId)>, StoreError> {
    let rows: Vec<OverdueRow> = diesel::sql_query("SELECT * FROM approvals_overdue($1)")
        .bind::<BigInt, _>(nanos(now))
        .load(conn)
        .await
        .map_err(reading)?;
    rows.iter().map(OverdueRow::read).collect()
}

pub(super) async fn insert(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    approval: &Approval,
) -> Result<(), StoreError> {
    let row = ApprovalRow::write(scope, approval)?;
    let inserted = diesel::insert_into(approvals::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(conn)
        .await
        .map_err(writing("approval"))?;
    one(inserted, "approval")
}

/// One answer wins: the row must still be as `seen`.
pub(super) async fn update(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    seen: &Approval,
    state: &ApprovalState,
) -> Result<(), StoreError> {
    let id = seen.id.to_string();
    let facts = Cells::of("approvals", &id).to_json("facts", state)?;
    if !matches!(seen.state, ApprovalState::Waiting { .. }) {
        return Err(StoreError::Conflict { what: "approval" });
    }
    let still = approvals::table
        .filter(approvals::tenant_id.eq(scope.key()))
        .filter(approvals::id.eq(&id))
        .filter(approvals::state.eq(WAITING))
        .filter(approvals::failed_codes.eq(failed_codes(&seen.state)));
    let updated = diesel::update(still)
        .set((
            approvals::state.eq(state.name()),
            approvals::failed_codes.eq(failed_codes(state)),
            approvals::facts.eq(facts),
        ))
        .execute(conn)
        .await
        .map_err(writing("approval"))?;
    one(updated, "approval")
}
