//! A question put to people as a row.

use diesel::prelude::*;
use vaultpilot_core::{ApprovalId, TenantId};
use vaultpilot_intent::Digest;
use vaultpilot_ports::store::{Approval, ApprovalState, SecretHash, StoreError};

use crate::cell::{Cells, hash, nanos};
use crate::schema::approvals;
use crate::scope::Scope;

pub(crate) const WAITING: &str = "waiting";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = approvals)]
pub(crate) struct ApprovalRow {
    pub(crate) tenant_id: String,
    pub(crate) id: String,
    pub(crate) intent_id: String,
    pub(crate) digest: String,
    pub(crate) requester: String,
    pub(crate) summary: String,
    pub(crate) code: Option<Vec<u8>>,
    pub(crate) created_at: i64,
    pub(crate) expires_at: i64,
    pub(crate) state: String,
    pub(crate) failed_codes: i64,
    pub(crate) facts: String,
}

pub(crate) fn failed_codes(state: &ApprovalState) -> i64 {
    match state {
        ApprovalState::Waiting { failed_codes } => i64::from(*failed_codes),
        _ => 0,
    }
}

impl ApprovalRow {
    pub(crate) fn write(scope: &Scope, approval: &Approval) -> Result<Self, StoreError> {
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

    pub(crate) fn read(&self) -> Result<Approval, StoreError> {
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

/// An approval whose time is over, of any tenant.
#[derive(Queryable, QueryableByName, Selectable)]
#[diesel(table_name = approvals)]
pub(crate) struct OverdueRow {
    pub(crate) tenant_id: String,
    pub(crate) id: String,
}

impl OverdueRow {
    pub(crate) fn read(&self) -> Result<(TenantId, ApprovalId), StoreError> {
        let cells = Cells::of("approvals", &self.id);
        Ok((
            cells.parse("tenant_id", &self.tenant_id)?,
            cells.parse("id", &self.id)?,
        ))
    }
}
