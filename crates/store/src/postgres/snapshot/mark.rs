//! Wallets that came out of a backup sign nothing, and work on keys is not taken up.

use diesel::prelude::*;
use vaultpilot_audit::{Draft, Head};
use vaultpilot_ports::store::StoreError;

use super::super::error::{reading, writing};
use super::Wrapper;
use super::catalog;
use super::facts::within;
use crate::cell::Cells;
use crate::row::audit::{EntryRow, head_of};
use crate::row::key_task::{KeyTaskChange, KeyTaskRow};
use crate::row::wallet::WalletRow;
use crate::schema::{key_tasks, mcp_events, wallets};
use crate::scope::Scope;
use crate::snapshot::{RestoreNote, Restored, ended};

pub(super) fn all(conn: &mut Wrapper, note: &RestoreNote) -> Result<Restored, StoreError> {
    let mut restored = Restored::default();
    for id in catalog::tenants(conn)? {
        within(conn, &id)?;
        let scope = Scope::new(Cells::of("tenants", &id).parse("id", &id)?);
        let wallets = wallets(conn, &scope, note)?;
        let tasks = tasks(conn, &scope, note)?;
        let draft = (note.draft)(scope.tenant(), wallets).fact("key_tasks", tasks);
        append(conn, &scope, draft)?;
        restored.add(wallets);
    }
    Ok(restored)
}

fn wallets(conn: &mut Wrapper, scope: &Scope, note: &RestoreNote) -> Result<u64, StoreError> {
    let rows: Vec<WalletRow> = wallets::table
        .filter(wallets::tenant_id.eq(scope.key()))
        .select(WalletRow::as_select())
        .load(conn)
        .map_err(reading)?;
    let mut count = 0u64;
    for row in rows {
        let wallet = row.read()?;
        let state = wallet.state.restored(note.at);
        let state = Cells::of("wallets", &row.id).to_json("state", &state)?;
        let mine = wallets::table
            .filter(wallets::tenant_id.eq(scope.key()))
            .filter(wallets::id.eq(&row.id));
        diesel::update(mine)
            .set(wallets::state.eq(state))
            .execute(conn)
            .map_err(writing("wallet"))?;
        count = count.saturating_add(1);
    }
    Ok(count)
}

fn tasks(conn: &mut Wrapper, scope: &Scope, note: &RestoreNote) -> Result<u64, StoreError> {
    let rows: Vec<KeyTaskRow> = key_tasks::table
        .filter(key_tasks::tenant_id.eq(scope.key()))
        .filter(key_tasks::due_at.is_not_null())
        .select(KeyTaskRow::as_select())
        .load(conn)
        .map_err(reading)?;
    let mut count = 0u64;
    for row in rows {
        let Some(end) = ended(&row.read()?, note.at) else {
            continue;
        };
        let mine = key_tasks::table
            .filter(key_tasks::tenant_id.eq(scope.key()))
            .filter(key_tasks::id.eq(end.id.to_string()));
        diesel::update(mine)
            .set(KeyTaskChange::write(&end)?)
            .execute(conn)
            .map_err(writing("key task"))?;
        count = count.saturating_add(1);
    }
    Ok(count)
}

fn append(conn: &mut Wrapper, scope: &Scope, draft: Draft) -> Result<(), StoreError> {
    let last: Option<(i64, Vec<u8>)> = mcp_events::table
        .filter(mcp_events::tenant_id.eq(scope.key()))
        .order(mcp_events::seq.desc())
        .select((mcp_events::seq, mcp_events::hash))
        .first(conn)
        .optional()
        .map_err(reading)?;
    let head: Head = head_of(last)?;
    let (entries, _) = vaultpilot_audit::chain(scope.tenant(), head, vec![draft]);
    for entry in &entries {
        diesel::insert_into(mcp_events::table)
            .values(EntryRow::write(scope, entry)?)
            .execute(conn)
            .map_err(writing("audit entry"))?;
    }
    Ok(())
}
