//! Questions put to people, and their answers.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_core::{ApprovalId, TenantId, Timestamp};
use vaultpilot_ports::store::{Approval, ApprovalState, Page, StoreError};

use super::cell::{Cells, nanos};
use super::error::{reading, writing};
use super::scope::Scope;
use crate::row::approval::{ApprovalRow, OverdueRow, WAITING, failed_codes};
use crate::schema::approvals;

pub(super) fn fetch(
    conn: &mut SqliteConnection,
    scope: &Scope,
    id: ApprovalId,
) -> Result<Option<Approval>, StoreError> {
    let row = approvals::table
        .filter(approvals::tenant_id.eq(scope.key()))
        .filter(approvals::id.eq(id.to_string()))
        .select(ApprovalRow::as_select())
        .first(conn)
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read()).transpose()
}

pub(super) fn list(
    conn: &mut SqliteConnection,
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
        .map_err(reading)?
        .iter()
        .map(ApprovalRow::read)
        .collect()
}

/// Across tenants.
pub(super) fn overdue(
    conn: &mut SqliteConnection,
    now: Timestamp,
) -> Result<Vec<(TenantId, ApprovalId)>, StoreError> {
    let rows = approvals::table
        .filter(approvals::state.eq(WAITING))
        .filter(approvals::expires_at.le(nanos(now)))
        .order(approvals::id)
        .select(OverdueRow::as_select())
        .load(conn)
        .map_err(reading)?;
    rows.iter().map(OverdueRow::read).collect()
}

pub(super) fn insert(
    conn: &mut SqliteConnection,
    scope: &Scope,
    approval: &Approval,
) -> Result<(), StoreError> {
    let row = ApprovalRow::write(scope, approval)?;
    diesel::insert_into(approvals::table)
        .values(&row)
        .execute(conn)
        .map_err(writing("approval"))?;
    Ok(())
}

/// One answer wins: the row must still be as `seen`.
pub(super) fn update(
    conn: &mut SqliteConnection,
    scope: &Scope,
    seen: &Approval,
    state: &ApprovalState,
) -> Result<(), StoreError> {
    let id = seen.id.to_string();
    let facts = Cells::of("approvals", &id).to_json("facts", state)?;
    let conflict = StoreError::Conflict { what: "approval" };
    if !matches!(seen.state, ApprovalState::Waiting { .. }) {
        return Err(conflict);
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
        .map_err(writing("approval"))?;
    if updated == 1 { Ok(()) } else { Err(conflict) }
}
