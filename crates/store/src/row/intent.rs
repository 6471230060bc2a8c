//! An intent as a row.

use diesel::prelude::*;
use vaultpilot_intent::{Intent, IntentState, StateName};
use vaultpilot_policy::Decision;
use vaultpilot_ports::store::{InFlight, StoreError};

use crate::cell::{Cells, address, hash, nanos};
use crate::schema::intents;
use crate::scope::Scope;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = intents)]
pub(crate) struct IntentRow {
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
pub(crate) struct StandingRow {
    state: String,
    tx_hash: Option<String>,
    nonce: Option<i64>,
    facts: String,
    decision: String,
    /// Written anew only on release, when policy judged it again; else it stands still.
    intent: Option<String>,
}

impl StandingRow {
    /// What an intent that stood at `from` becomes.
    pub(crate) fn next(
        from: StateName,
        intent: &Intent,
        decision: &Decision,
    ) -> Result<Self, StoreError> {
        let id = intent.id.to_string();
        let cells = Cells::of("intents", &id);
        let mut row = Self::write(cells, &intent.state, decision)?;
        if from == StateName::AwaitingApproval {
            row.intent = Some(cells.to_json("intent", intent)?);
        }
        Ok(row)
    }

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
            intent: None,
        })
    }
}

impl IntentRow {
    pub(crate) fn write(
        scope: &Scope,
        intent: &Intent,
        decision: &Decision,
    ) -> Result<Self, StoreError> {
        let id = intent.id.to_string();
        let cells = Cells::of("intents", &id);
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
    pub(crate) fn read(&self, scope: &Scope) -> Result<(Intent, Decision), StoreError> {
        let cells = Cells::of("intents", &self.id);
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
#[derive(Queryable, QueryableByName, Selectable)]
#[diesel(table_name = intents)]
pub(crate) struct LaneRow {
    pub(crate) tenant_id: String,
    pub(crate) id: String,
    pub(crate) chain: String,
    pub(crate) address: String,
    pub(crate) state: String,
}

impl LaneRow {
    pub(crate) fn read(&self) -> Result<InFlight, StoreError> {
        let cells = Cells::of("intents", &self.id);
        Ok(InFlight {
            tenant: cells.parse("tenant_id", &self.tenant_id)?,
            intent: cells.parse("id", &self.id)?,
            chain: cells.parse("chain", &self.chain)?,
            address: cells.parse("address", &self.address)?,
            state: cells.parse("state", &self.state)?,
        })
    }
}
