//! The audit chain. Entries are appended here and changed nowhere.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_audit::{Draft, Entry, Head, Outcome};
use vaultpilot_ports::store::{EventFilter, Page, StoreError};

use super::cell::Cells;
use super::error::{reading, writing};
use super::scope::Scope;
use super::transaction::together;
use crate::row::audit::{EntryRow, head_of};
use crate::schema::mcp_events;

pub(super) fn head(conn: &mut SqliteConnection, scope: &Scope) -> Result<Head, StoreError> {
    let last: Option<(i64, Vec<u8>)> = mcp_events::table
        .filter(mcp_events::tenant_id.eq(scope.key()))
        .order(mcp_events::seq.desc())
        .select((mcp_events::seq, mcp_events::hash))
        .first(conn)
        .optional()
        .map_err(reading)?;
    head_of(last)
}

pub(super) fn append(
    conn: &mut SqliteConnection,
    scope: &Scope,
    drafts: Vec<Draft>,
) -> Result<Head, StoreError> {
    let head = head(conn, scope)?;
    let (entries, head) = vaultpilot_audit::chain(scope.tenant(), head, drafts);
    together(conn, |conn| {
        for entry in &entries {
            diesel::insert_into(mcp_events::table)
                .values(EntryRow::write(scope, entry)?)
                .execute(conn)
                .map_err(writing("audit entry"))?;
        }
        Ok(head)
    })
}

pub(super) fn list(
    conn: &mut SqliteConnection,
    scope: &Scope,
    after: u64,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    // Nothing follows what no row can be.
    let Ok(after) = i64::try_from(after) else {
        return Ok(vec![]);
    };
    let rows = mcp_events::table
        .filter(mcp_events::tenant_id.eq(scope.key()))
        .filter(mcp_events::seq.gt(after))
        .order(mcp_events::seq)
        .limit(i64::from(limit))
        .select(EntryRow::as_select())
        .load(conn)
        .map_err(reading)?;
    rows.iter().map(|row| row.read(scope)).collect()
}

pub(super) fn search(
    conn: &mut SqliteConnection,
    scope: &Scope,
    filter: &EventFilter,
    page: &Page,
) -> Result<Vec<Entry>, StoreError> {
    let mut rows = mcp_events::table
        .filter(mcp_events::tenant_id.eq(scope.key()))
        .order(mcp_events::seq.desc())
        .limit(i64::from(page.limit.min(Page::MAX)))
        .select(EntryRow::as_select())
        .into_boxed();
    if let Some(wallet) = filter.wallet {
        rows = rows.filter(mcp_events::wallet_id.eq(wallet.to_string()));
    }
    if let Some(intent) = filter.intent {
        rows = rows.filter(mcp_events::intent_id.eq(intent.to_string()));
    }
    if filter.denied_only {
        let cells = Cells::of("mcp_events", "any");
        rows = rows.filter(mcp_events::outcome.eq(cells.to_word("outcome", &Outcome::Denied)?));
    }
    if let Some(after) = &page.after {
        // Ids of one millisecond are in no order, so the page goes on by place.
        let Some(seq) = place(conn, scope, after)? else {
            return Ok(vec![]);
        };
        rows = rows.filter(mcp_events::seq.lt(seq));
    }
    rows.load(conn)
        .map_err(reading)?
        .iter()
        .map(|row| row.read(scope))
        .collect()
}

fn place(conn: &mut SqliteConnection, scope: &Scope, id: &str) -> Result<Option<i64>, StoreError> {
    mcp_events::table
        .filter(mcp_events::tenant_id.eq(scope.key()))
        .filter(mcp_events::id.eq(id))
        .select(mcp_events::seq)
        .first(conn)
        .optional()
        .map_err(reading)
}
