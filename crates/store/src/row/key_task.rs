//! An import, export or rotation of keys as a row.

use diesel::prelude::*;
use vaultpilot_core::{KeyTaskId, TenantId};
use vaultpilot_ports::keys::Export;
use vaultpilot_ports::store::{KeyTask, KeyTaskState, KeyWork, StoreError};

use crate::cell::{Cells, nanos};
use crate::schema::key_tasks;
use crate::scope::Scope;

pub(crate) const AWAITING: &str = "awaiting_approval";
pub(crate) const RUNNING: &str = "running";
const AT_ONCE: i64 = 0;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = key_tasks)]
pub(crate) struct KeyTaskRow {
    tenant_id: String,
    id: String,
    revision: i64,
    requester: String,
    work: String,
    state: String,
    due_at: Option<i64>,
    facts: String,
    created_at: i64,
    updated_at: i64,
}

/// What moves; who asked for it and when stands still.
#[derive(AsChangeset)]
#[diesel(table_name = key_tasks, treat_none_as_null = true)]
pub(crate) struct KeyTaskChange {
    revision: i64,
    work: String,
    state: String,
    due_at: Option<i64>,
    facts: String,
    updated_at: i64,
}

impl KeyTaskChange {
    pub(crate) fn write(task: &KeyTask) -> Result<Self, StoreError> {
        let id = task.id.to_string();
        let cells = Cells::of("key_tasks", &id);
        Ok(Self {
            revision: cells.signed("revision", task.revision)?,
            work: cells.to_json("work", &task.work)?,
            state: task.state.name().to_owned(),
            due_at: due_at(&task.state),
            facts: cells.to_json("facts", &task.state)?,
            updated_at: nanos(task.updated_at),
        })
    }
}

impl KeyTaskRow {
    pub(crate) fn write(scope: &Scope, task: &KeyTask) -> Result<Self, StoreError> {
        let change = KeyTaskChange::write(task)?;
        let id = task.id.to_string();
        let requester = Cells::of("key_tasks", &id).to_json("requester", &task.by)?;
        Ok(Self {
            tenant_id: scope.key().to_owned(),
            id,
            revision: change.revision,
            requester,
            work: change.work,
            state: change.state,
            due_at: change.due_at,
            facts: change.facts,
            created_at: nanos(task.created_at),
            updated_at: change.updated_at,
        })
    }

    /// Columns and JSON say the same, or the row is none of ours.
    pub(crate) fn read(&self) -> Result<KeyTask, StoreError> {
        let cells = Cells::of("key_tasks", &self.id);
        let state: KeyTaskState = cells.json("facts", &self.facts)?;
        if state.name() != self.state {
            return Err(cells.bad("state"));
        }
        if due_at(&state) != self.due_at {
            return Err(cells.bad("due_at"));
        }
        Ok(KeyTask {
            id: cells.parse("id", &self.id)?,
            revision: cells.integer("revision", self.revision)?,
            by: cells.json("requester", &self.requester)?,
            work: cells.json("work", &self.work)?,
            state,
            created_at: cells.time("created_at", self.created_at)?,
            updated_at: cells.time("updated_at", self.updated_at)?,
        })
    }
}

/// From when on `KeyTaskState::is_open`.
fn due_at(state: &KeyTaskState) -> Option<i64> {
    match state {
        KeyTaskState::AwaitingApproval { expires_at } => Some(nanos(*expires_at)),
        KeyTaskState::Running { .. }
        | KeyTaskState::Succeeded {
            bundle: Some(_), ..
        } => Some(AT_ONCE),
        KeyTaskState::Rejected { .. }
        | KeyTaskState::Expired
        | KeyTaskState::Failed { .. }
        | KeyTaskState::Succeeded { bundle: None, .. } => None,
    }
}

/// A task there is something to do about, of any tenant.
#[derive(Queryable, QueryableByName, Selectable)]
#[diesel(table_name = key_tasks)]
pub(crate) struct OpenRow {
    tenant_id: String,
    id: String,
}

impl OpenRow {
    pub(crate) fn read(&self) -> Result<(TenantId, KeyTaskId), StoreError> {
        let cells = Cells::of("key_tasks", &self.id);
        Ok((
            cells.parse("tenant_id", &self.tenant_id)?,
            cells.parse("id", &self.id)?,
        ))
    }
}

/// The versions of the key-encryption key that what is sealed in a task waits for.
pub(crate) fn keks(task: &KeyTask) -> impl Iterator<Item = u32> {
    let (keys, password) = match &task.work {
        KeyWork::Import { keys, .. } => (keys.as_slice(), None),
        // Those of before do not say: 0 is no version.
        KeyWork::Export {
            export: Export::Keystore { kek, .. },
            ..
        } => ([].as_slice(), Some(*kek).filter(|kek| *kek > 0)),
        KeyWork::Export { .. } | KeyWork::Rotate { .. } => ([].as_slice(), None),
    };
    keys.iter().map(|key| key.kek).chain(password)
}
