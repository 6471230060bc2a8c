//! Imports, exports and rotations of keys: what was asked stands still, where it stands moves.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use vaultpilot_core::{KeyTaskId, TenantId, Timestamp};
use vaultpilot_ports::store::{KeyTask, Page, StoreError};

use super::error::{reading, writing};
use super::transaction::one;
use crate::cell::{Cells, nanos};
use crate::row::key_task::{self, AWAITING, KeyTaskChange, KeyTaskRow, OpenRow, RUNNING};
use crate::schema::key_tasks;
use crate::scope::Scope;

pub(super) async fn fetch(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    id: KeyTaskId,
) -> Result<Option<KeyTask>, StoreError> {
    let row = key_tasks::table
        .filter(key_tasks::tenant_id.eq(scope.key()))
        .filter(key_tasks::id.eq(id.to_string()))
        .select(KeyTaskRow::as_select())
        .first(conn)
        .await
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read()).transpose()
}

pub(super) async fn list(
    conn: &mut AsyncPgConnection,
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
        .await
        .map_err(reading)?
        .iter()
        .map(KeyTaskRow::read)
        .collect()
}

/// Across tenants: asked of a function that gives the ids only.
pub(super) async fn open(
    conn: &mut AsyncPgConnection,
    now: Timestamp,
) -> Result<Vec<(TenantId, KeyTaskId)>, StoreError> {
    let rows: Vec<OpenRow> = diesel::sql_query("SELECT * FROM key_tasks_open($1)")
        .bind::<BigInt, _>(nanos(now))
        .load(conn)
        .await
        .map_err(reading)?;
    rows.iter().map(OpenRow::read).collect()
}

/// The versions of the key-encryption key that open tasks name.
pub(super) async fn keks(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
) -> Result<BTreeSet<u32>, StoreError> {
    let rows = key_tasks::table
        .filter(key_tasks::tenant_id.eq(scope.key()))
        .filter(key_tasks::state.eq_any([AWAITING, RUNNING]))
        .select(KeyTaskRow::as_select())
        .load(conn)
        .await
        .map_err(reading)?;
    let mut keks = BTreeSet::new();
    for row in &rows {
        keks.extend(key_task::keks(&row.read()?));
    }
    Ok(keks)
}

pub(super) async fn insert(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    task: &KeyTask,
) -> Result<(), StoreError> {
    let inserted = diesel::insert_into(key_tasks::table)
        .values(&KeyTaskRow::write(scope, task)?)
        .on_conflict_do_nothing()
        .execute(conn)
        .await
        .map_err(writing("key task"))?;
    one(inserted, "key task")
}

pub(super) async fn update(
    conn: &mut AsyncPgConnection,
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
        .await
        .map_err(writing("key task"))?;
    one(updated, "key task")
}
