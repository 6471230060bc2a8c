//! Imports, exports and rotations of keys: what was asked stands still, where it stands moves.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_core::{KeyTaskId, TenantId, Timestamp};
use vaultpilot_ports::store::{KeyTask, Page, StoreError};

use super::error::{reading, writing};
use crate::cell::{Cells, nanos};
use crate::row::key_task::{self, AWAITING, KeyTaskChange, KeyTaskRow, OpenRow, RUNNING};
use crate::schema::key_tasks;
use crate::scope::Scope;

pub(super) fn fetch(
    conn: &mut SqliteConnection,
    scope: &Scope,
    id: KeyTaskId,
) -> Result<Option<KeyTask>, StoreError> {
    let row = key_tasks::table
        .filter(key_tasks::tenant_id.eq(scope.key()))
        .filter(key_tasks::id.eq(id.to_string()))
        .select(KeyTaskRow::as_select())
        .first(conn)
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read()).transpose()
}

pub(super) fn list(
    conn: &mut SqliteConnection,
    scope: &Scope,
    page: &Page,
) -> Result<Vec<KeyTask>, StoreError> {
    let mut rows = key_tasks::table
        .filter(key_tasks::tenant_id.eq(scope.key()))
        .order(key_tasks::id.desc())
        .limit(i64::from(page.limit.min(Page::MAX)))
        .select(KeyTaskRow::as_select())
        .into_boxed();
    if let Some(after) = &page.after {
        rows = rows.filter(key_tasks::id.lt(after));
    }
    rows.load(conn)
        .map_err(reading)?
        .iter()
        .map(KeyTaskRow::read)
        .collect()
}

/// Across tenants.
pub(super) fn open(
    conn: &mut SqliteConnection,
    now: Timestamp,
) -> Result<Vec<(TenantId, KeyTaskId)>, StoreError> {
    let rows = key_tasks::table
        .filter(key_tasks::due_at.le(nanos(now)))
        .order(key_tasks::id)
        .select(OpenRow::as_select())
        .load(conn)
        .map_err(reading)?;
    rows.iter().map(OpenRow::read).collect()
}

/// The versions of the key-encryption key that open tasks name.
pub(super) fn keks(
    conn: &mut SqliteConnection,
    scope: &Scope,
) -> Result<BTreeSet<u32>, StoreError> {
    let rows = key_tasks::table
        .filter(key_tasks::tenant_id.eq(scope.key()))
        .filter(key_tasks::state.eq_any([AWAITING, RUNNING]))
        .select(KeyTaskRow::as_select())
        .load(conn)
        .map_err(reading)?;
    let mut keks = BTreeSet::new();
    for row in &rows {
        keks.extend(key_task::keks(&row.read()?));
    }
    Ok(keks)
}

pub(super) fn insert(
    conn: &mut SqliteConnection,
    scope: &Scope,
    task: &KeyTask,
) -> Result<(), StoreError> {
    diesel::insert_into(key_tasks::table)
        .values(&KeyTaskRow::write(scope, task)?)
        .execute(conn)
        .map_err(writing("key task"))?;
    Ok(())
}

pub(super) fn update(
    conn: &mut SqliteConnection,
    scope: &Scope,
    seen: u64,
    task: &KeyTask,
) -> Result<(), StoreError> {
    let id = task.id.to_string();
    let seen = Cells::of("key_tasks", &id).signed("revision", seen)?;
    let still = key_tasks::table
        .filter(key_tasks::tenant_id.eq(scope.key()))
        .filter(key_tasks::id.eq(&id))
        .filter(key_tasks::revision.eq(seen));
    let updated = diesel::update(still)
        .set(&KeyTaskChange::write(task)?)
        .execute(conn)
        .map_err(writing("key task"))?;
    if updated == 1 {
        Ok(())
    } else {
        Err(StoreError::Conflict { what: "key task" })
    }
}
