//! Questions put to people, and their answers.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_core::{ApprovalId, TenantId, Timestamp};
use vaultpilot_intent::Digest;
use vaultpilot_ports::store::{Approval, ApprovalState, Page, SecretHash, StoreError};

use super::cell::{Cells, hash, nanos};
use super::error::{reading, writing};
use super::scope::Scope;
use crate::schema::approvals;

const WAITING: &str = "waiting";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = approvals)]
struct ApprovalRow {
    tenant_id: String,
    id: String,
    intent_id: String,
    digest: String,
    requester: String,
    summary: String,
    code: Option<Vec<u8>>,
    created_at: i64,
    expires_at: i64,
    state: String,
    failed_codes: i64,
    facts: String,
}

fn failed_codes(state: &ApprovalState) -> i64 {
    match state {
        ApprovalState::Waiting { failed_codes } => i64::from(*failed_codes),
        _ => 0,
    }
}

impl ApprovalRow {
    fn write(scope: &Scope, approval: &Approval) -> Result<Self, StoreError> {
        let id = approval.id.to_string();
        let cells = Cells::of("approvals", &id);
        Ok(Self {
            tenant_id: scope.key().to_owned(),
            intent_id: approval.intent.to_string(),
            digest: hash(approval.digest.0),
            requester: cells.to_json("requester", &approval.requester)?,
            summary: approval.summary.clone(),
            code: approval.code.map(|code| code.0.to_vec()),
            created_at: nanos(approval.created_at),
            expires_at: nanos(approval.expires_at),
            state: approval.state.name().to_owned(),
            failed_codes: failed_codes(&approval.state),
            facts: cells.to_json("facts", &approval.state)?,
            id,
        })
    }

    fn read(&self) -> Result<Approval, StoreError> {
        let cells = Cells::of("approvals", &self.id);
        let state: ApprovalState = cells.json("facts", &self.facts)?;
        if state.name() != self.state || failed_codes(&state) != self.failed_codes {
            return Err(cells.bad("state"));
        }
        let code = self
            .code
            .as_deref()
            .map(|code| cells.bytes("code", code))
            .transpose()?;
        Ok(Approval {
            id: cells.parse("id", &self.id)?,
            intent: cells.parse("intent_id", &self.intent_id)?,
            digest: cells.parse::<Digest>("digest", &self.digest)?,
            requester: cells.json("requester", &self.requester)?,
            summary: self.summary.clone(),
            code: code.map(SecretHash),
            created_at: cells.time("created_at", self.created_at)?,
            expires_at: cells.time("expires_at", self.expires_at)?,
            state,
        })
    }
}

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
    let rows: Vec<(String, String)> = approvals::table
        .filter(approvals::state.eq(WAITING))
        .filter(approvals::expires_at.le(nanos(now)))
        .order(approvals::id)
        .select((approvals::tenant_id, approvals::id))
        .load(conn)
        .map_err(reading)?;
    let read = |(tenant, id): &(String, String)| {
        let cells = Cells::of("approvals", id);
        Ok((cells.parse("tenant_id", tenant)?, cells.parse("id", id)?))
    };
    rows.iter().map(read).collect()
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
