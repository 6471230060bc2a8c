//! The audit chain. Entries are appended here and changed nowhere.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_audit::{Draft, Entry, EntryHash, Head, Outcome};
use vaultpilot_ports::store::{EventFilter, Page, StoreError};

use super::cell::Cells;
use super::error::{reading, writing};
use super::scope::Scope;
use super::transaction::together;
use crate::schema::mcp_events;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = mcp_events)]
struct EntryRow {
    tenant_id: String,
    seq: i64,
    id: String,
    wallet_id: Option<String>,
    intent_id: Option<String>,
    outcome: String,
    draft: String,
    prev_hash: Vec<u8>,
    hash: Vec<u8>,
}

impl EntryRow {
    fn write(scope: &Scope, entry: &Entry) -> Result<Self, StoreError> {
        let id = entry.draft.id.to_string();
        let cells = Cells::of("mcp_events", &id);
        Ok(Self {
            tenant_id: scope.key().to_owned(),
            seq: cells.signed("seq", entry.seq)?,
            wallet_id: entry.draft.wallet.map(|id| id.to_string()),
            intent_id: entry.draft.intent.map(|id| id.to_string()),
            outcome: cells.to_word("outcome", &entry.draft.outcome)?,
            draft: cells.to_json("draft", &entry.draft)?,
            prev_hash: entry.prev_hash.0.to_vec(),
            hash: entry.hash.0.to_vec(),
            id,
        })
    }

    /// What was stored, whether or not it fits the chain: telling that is the verifier's work.
    fn read(&self, scope: &Scope) -> Result<Entry, StoreError> {
        let cells = Cells::of("mcp_events", &self.id);
        Ok(Entry {
            tenant: scope.tenant(),
            seq: cells.integer("seq", self.seq)?,
            prev_hash: EntryHash(cells.bytes("prev_hash", &self.prev_hash)?),
            draft: cells.json("draft", &self.draft)?,
            hash: EntryHash(cells.bytes("hash", &self.hash)?),
        })
    }
}

pub(super) fn head(conn: &mut SqliteConnection, scope: &Scope) -> Result<Head, StoreError> {
    let last: Option<(i64, Vec<u8>)> = mcp_events::table
        .filter(mcp_events::tenant_id.eq(scope.key()))
        .order(mcp_events::seq.desc())
        .select((mcp_events::seq, mcp_events::hash))
        .first(conn)
        .optional()
        .map_err(reading)?;
    let Some((seq, hash)) = last else {
        return Ok(Head::GENESIS);
    };
    let cells = Cells::of("mcp_events", "the last");
    Ok(Head {
        seq: cells.integer("seq", seq)?,
        hash: EntryHash(cells.bytes("hash", &hash)?),
    })
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
