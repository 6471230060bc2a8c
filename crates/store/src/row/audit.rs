//! An audit entry as a row.

use diesel::prelude::*;
use vaultpilot_audit::{Entry, EntryHash, Head};
use vaultpilot_ports::store::StoreError;

use crate::cell::Cells;
use crate::schema::mcp_events;
use crate::scope::Scope;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = mcp_events)]
pub(crate) struct EntryRow {
    pub(crate) tenant_id: String,
    pub(crate) seq: i64,
    pub(crate) id: String,
    pub(crate) wallet_id: Option<String>,
    pub(crate) intent_id: Option<String>,
    pub(crate) outcome: String,
    pub(crate) draft: String,
    pub(crate) prev_hash: Vec<u8>,
    pub(crate) hash: Vec<u8>,
}

impl EntryRow {
    pub(crate) fn write(scope: &Scope, entry: &Entry) -> Result<Self, StoreError> {
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
    pub(crate) fn read(&self, scope: &Scope) -> Result<Entry, StoreError> {
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

/// The head of a chain whose last entry has this number and this hash.
pub(crate) fn head_of(last: Option<(i64, Vec<u8>)>) -> Result<Head, StoreError> {
    let Some((seq, hash)) = last else {
        return Ok(Head::GENESIS);
    };
    let cells = Cells::of("mcp_events", "the last");
    Ok(Head {
        seq: cells.integer("seq", seq)?,
        hash: EntryHash(cells.bytes("hash", &hash)?),
    })
}
