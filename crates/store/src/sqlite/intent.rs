//! Intents: what was asked stands still, where it stands moves.

mod list;

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_core::{B256, IntentId, RequestId, Timestamp, WalletId};
use vaultpilot_intent::{Digest, Intent, IntentState, StateName};
use vaultpilot_policy::Decision;
use vaultpilot_ports::store::{InFlight, StoreError};

use super::cell::{Cells, address, hash, nanos};
use super::error::{reading, writing};
use super::payment;
use super::scope::Scope;
use super::transaction::together;
use crate::schema::intents;

pub(super) use list::list;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = intents)]
struct IntentRow {
    tenant_id: String,
    id: String,
    wallet_id: String,
    chain: String,
    address: String,
    request_id: String,
    request_digest: String,
    state: String,
    tx_hash: Option<String>,
    nonce: Option<i64>,
    created_at: i64,
    intent: String,
    facts: String,
    decision: String,
}

/// The columns that move with the state.
#[derive(AsChangeset)]
#[diesel(table_name = intents)]
struct StandingRow {
    state: String,
    tx_hash: Option<String>,
    nonce: Option<i64>,
    facts: String,
    decision: String,
}

impl StandingRow {
    fn write(
        cells: Cells<'_>,
        state: &IntentState,
        decision: &Decision,
    ) -> Result<Self, StoreError> {
        let tx = state.tx();
        Ok(Self {
            state: state.name().as_str().to_owned(),
            tx_hash: tx.map(|tx| hash(tx.hash)),
            nonce: tx.map(|tx| cells.signed("nonce", tx.nonce)).transpose()?,
            facts: cells.to_json("facts", state)?,
            decision: cells.to_json("decision", decision)?,
        })
    }
}

impl IntentRow {
    fn write(scope: &Scope, intent: &Intent, decision: &Decision) -> Result<Self, StoreError> {
        let id = intent.id.to_string();
        let cells = Cells {
            table: "intents",
            row: &id,
        };
        let standing = StandingRow::write(cells, &intent.state, decision)?;
        Ok(Self {
            tenant_id: scope.key().to_owned(),
            wallet_id: intent.wallet.to_string(),
            chain: intent.call.chain.to_string(),
            address: address(intent.from),
            request_id: intent.request_id.to_string(),
            request_digest: hash(intent.request_digest.0),
            state: standing.state,
            tx_hash: standing.tx_hash,
            nonce: standing.nonce,
            created_at: nanos(intent.created_at),
            intent: cells.to_json("intent", intent)?,
            facts: standing.facts,
            decision: standing.decision,
            id,
        })
    }

    /// Columns and JSON say the same, or the row is none of ours.
    fn read(&self, scope: &Scope) -> Result<(Intent, Decision), StoreError> {
        let cells = Cells {
            table: "intents",
            row: &self.id,
        };
        let mut intent: Intent = cells.json("intent", &self.intent)?;
        intent.state = cells.json("facts", &self.facts)?;
        let same = [
            ("id", self.id == intent.id.to_string()),
            ("tenant_id", scope.tenant() == intent.tenant),
            ("chain", self.chain == intent.call.chain.to_string()),
            ("address", self.address == address(intent.from)),
            ("wallet_id", self.wallet_id == intent.wallet.to_string()),
            ("request_id", self.request_id == intent.request_id.as_str()),
            ("state", self.state == intent.state.name().as_str()),
        ];
        match same.iter().find(|(_, same)| !same) {
            Some((column, _)) => Err(cells.bad(column)),
            None => Ok((intent, cells.json("decision", &self.decision)?)),
        }
    }
}

/// What the executor needs to know which lane an intent runs in.
#[derive(Queryable, Selectable)]
#[diesel(table_name = intents)]
struct LaneRow {
    tenant_id: String,
    id: String,
    chain: String,
    address: String,
    state: String,
}

impl LaneRow {
    fn read(&self) -> Result<InFlight, StoreError> {
        let cells = Cells {
            table: "intents",
            row: &self.id,
        };
        Ok(InFlight {
            tenant: cells.parse("tenant_id", &self.tenant_id)?,
            intent: cells.parse("id", &self.id)?,
            chain: cells.parse("chain", &self.chain)?,
            address: cells.parse("address", &self.address)?,
            state: cells.parse("state", &self.state)?,
        })
    }
}

pub(super) fn fetch(
    conn: &mut SqliteConnection,
    scope: &Scope,
    id: IntentId,
) -> Result<Option<(Intent, Decision)>, StoreError> {
    let row = intents::table
        .filter(intents::tenant_id.eq(scope.key()))
        .filter(intents::id.eq(id.to_string()))
        .select(IntentRow::as_select())
        .first(conn)
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read(scope)).transpose()
}

pub(super) fn find(
    conn: &mut SqliteConnection,
    scope: &Scope,
    request: &RequestId,
) -> Result<Option<(Intent, Decision)>, StoreError> {
    let row = intents::table
        .filter(intents::tenant_id.eq(scope.key()))
        .filter(intents::request_id.eq(request.as_str()))
        .select(IntentRow::as_select())
        .first(conn)
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read(scope)).transpose()
}

pub(super) fn find_by_hash(
    conn: &mut SqliteConnection,
    scope: &Scope,
    tx: B256,
) -> Result<Option<(Intent, Decision)>, StoreError> {
    let row = intents::table
        .filter(intents::tenant_id.eq(scope.key()))
        .filter(intents::tx_hash.eq(hash(tx)))
        .order(intents::id)
        .select(IntentRow::as_select())
        .first(conn)
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read(scope)).transpose()
}

pub(super) fn find_alike(
    conn: &mut SqliteConnection,
    scope: &Scope,
    wallet: WalletId,
    digest: Digest,
    since: Timestamp,
) -> Result<Option<IntentId>, StoreError> {
    let came_to_nothing = [
        StateName::Denied,
        StateName::Rejected,
        StateName::Expired,
        StateName::Cancelled,
        StateName::Refused,
    ];
    let id: Option<String> = intents::table
        .filter(intents::tenant_id.eq(scope.key()))
        .filter(intents::wallet_id.eq(wallet.to_string()))
        .filter(intents::request_digest.eq(hash(digest.0)))
        .filter(intents::created_at.ge(nanos(since)))
        .filter(intents::state.ne_all(came_to_nothing.map(StateName::as_str)))
        .order(intents::id.desc())
        .select(intents::id)
        .first(conn)
        .optional()
        .map_err(reading)?;
    id.map(|id| {
        Cells {
            table: "intents",
            row: &id,
        }
        .parse("id", &id)
    })
    .transpose()
}

/// Across tenants, by id, which is by age.
pub(super) fn in_flight(conn: &mut SqliteConnection) -> Result<Vec<InFlight>, StoreError> {
    let states = StateName::ALL
        .into_iter()
        .filter(|state| state.is_in_flight());
    let rows = intents::table
        .filter(intents::state.eq_any(states.map(StateName::as_str)))
        .order(intents::id)
        .select(LaneRow::as_select())
        .load(conn)
        .map_err(reading)?;
    rows.iter().map(LaneRow::read).collect()
}

pub(super) fn insert(
    conn: &mut SqliteConnection,
    scope: &Scope,
    intent: &Intent,
    decision: &Decision,
) -> Result<(), StoreError> {
    scope.own(intent.tenant)?;
    let row = IntentRow::write(scope, intent, decision)?;
    together(conn, |conn| {
        diesel::insert_into(intents::table)
            .values(&row)
            .execute(conn)
            .map_err(writing("intent"))?;
        payment::project(conn, scope, intent)
    })
}

pub(super) fn update(
    conn: &mut SqliteConnection,
    scope: &Scope,
    from: StateName,
    intent: &Intent,
    decision: &Decision,
) -> Result<(), StoreError> {
    scope.own(intent.tenant)?;
    let id = intent.id.to_string();
    let standing = StandingRow::write(
        Cells {
            table: "intents",
            row: &id,
        },
        &intent.state,
        decision,
    )?;
    let mine = intents::table
        .filter(intents::tenant_id.eq(scope.key()))
        .filter(intents::id.eq(&id))
        .filter(intents::state.eq(from.as_str()));
    together(conn, |conn| {
        let updated = diesel::update(mine)
            .set(&standing)
            .execute(conn)
            .map_err(writing("intent"))?;
        if updated != 1 {
            return Err(StoreError::Conflict { what: "intent" });
        }
        payment::project(conn, scope, intent)
    })
}
