//! Wallets that came out of a backup sign nothing, and work on keys is not taken up.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_ports::store::{Page, StoreError};

use super::super::error::reading;
use super::super::transaction::immediate;
use super::super::{audit, key_task, tenant, wallet};
use crate::row::key_task::KeyTaskRow;
use crate::schema::key_tasks;
use crate::scope::Scope;
use crate::snapshot::{RestoreNote, Restored, ended};

pub(super) fn all(conn: &mut SqliteConnection, note: &RestoreNote) -> Result<Restored, StoreError> {
    immediate(conn, |conn| {
        let mut restored = Restored::default();
        for tenant in tenant::list(conn)? {
            let scope = Scope::new(tenant.id);
            let wallets = wallets(conn, &scope, note)?;
            let tasks = tasks(conn, &scope, note)?;
            let draft = (note.draft)(tenant.id, wallets).fact("key_tasks", tasks);
            audit::append(conn, &scope, vec![draft])?;
            restored.add(wallets);
        }
        Ok(restored)
    })
}

fn wallets(
    conn: &mut SqliteConnection,
    scope: &Scope,
    note: &RestoreNote,
) -> Result<u64, StoreError> {
    let mut page = Page::first(Page::MAX);
    let mut count = 0u64;
    loop {
        let wallets = wallet::list(conn, scope, &page)?;
        let Some(last) = wallets.last() else {
            return Ok(count);
        };
        page.after = Some(last.label.to_string());
        for it in wallets {
            wallet::update(conn, scope, it.id, &it.state.restored(note.at))?;
            count = count.saturating_add(1);
        }
    }
}

fn tasks(
    conn: &mut SqliteConnection,
    scope: &Scope,
    note: &RestoreNote,
) -> Result<u64, StoreError> {
    let rows: Vec<KeyTaskRow> = key_tasks::table
        .filter(key_tasks::tenant_id.eq(scope.key()))
        .filter(key_tasks::due_at.is_not_null())
        .select(KeyTaskRow::as_select())
        .load(conn)
        .map_err(reading)?;
    let mut count = 0u64;
    for row in rows {
        let task = row.read()?;
        if let Some(end) = ended(&task, note.at) {
            key_task::update(conn, scope, task.revision, &end)?;
            count = count.saturating_add(1);
        }
    }
    Ok(count)
}
