//! The audit chain. Entries are appended here and changed nowhere.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use vaultpilot_audit::{Draft, Entry, Head, Outcome};
use vaultpilot_ports::store::{EventFilter, Page, StoreError};

use super::error::{reading, writing};
use crate::cell::Cells;
use crate::row::audit::{EntryRow, head_of};
use crate::schema::mcp_events;
use crate::scope::Scope;

pub(super) async fn head(conn: &mut AsyncPgConnection, scope: &Scope) -> Result<Head, StoreError> {
    let last: Option<(i64, Vec<u8>)> = mcp_events::table
        .filter(mcp_events::tenant_id.eq(scope.key()))
        .order(mcp_events::seq.desc())
        .select((mcp_events::seq, mcp_events::hash))
        .first(conn)
        .await
        .optional()
        .map_err(reading)?;
    head_of(last)
}

pub(super) async fn append(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    drafts: Vec<Draft>,
) -> Result<Head, StoreError> {
    let head = head(conn, scope).await?;
    let (entries, head) = vaultpilot_audit::chain(scope.tenant(), head, drafts);
    let rows = entries
        .iter()
        .map(|entry| EntryRow::write(scope, entry))
        .collect::<Result<Vec<_>, _>>()?;
    diesel::insert_into(mcp_events::table)
        .values(rows)
        .execute(conn)
        .await
        .map_err(writing("audit entry"))?;
    Ok(head)
}

pub(super) async fn list(
    conn: &mut AsyncPgConnection,
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
        .await
        .map_err(reading)?;
    rows.iter().map(|row| row.read(scope)).collect()
}

pub(super) async fn search(
    conn: &mut AsyncPgConnection,
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
        let Some(seq) = place(conn, scope, after).await? else {
            return Ok(vec![]);
        };
        rows = rows.filter(mcp_events::seq.lt(seq));
    }
    rows.load(conn)
        .await
        .map_err(reading)?
        .iter()
        .map(|row| row.read(scope))
        .collect()
}

async fn place(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    id: &str,
) -> Result<Option<i64>, StoreError> {
    mcp_events::table
        .filter(mcp_events::tenant_id.eq(scope.key()))
        .filter(mcp_events::id.eq(id))
        .select(mcp_events::seq)
        .first(conn)
        .await
        .optional()
        .map_err(reading)
}
