//! A run of a strategy as a row.

use diesel::prelude::*;
use vaultpilot_ports::store::StoreError;
use vaultpilot_strategy::{Run, RunState};

use crate::cell::{Cells, nanos};
use crate::schema::strategy_runs;
use crate::scope::Scope;

pub(crate) const ENDED: &str = "ended";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = strategy_runs)]
pub(crate) struct RunRow {
    tenant_id: String,
    id: String,
    strategy_id: String,
    planned_at: i64,
    epoch: i64,
    opened_at: i64,
    state: String,
    lease_until: Option<i64>,
    intent_id: Option<String>,
    facts: String,
}

/// The columns that move with the state.
#[derive(AsChangeset)]
#[diesel(table_name = strategy_runs, treat_none_as_null = true)]
pub(crate) struct RunChange {
    epoch: i64,
    state: String,
    lease_until: Option<i64>,
    intent_id: Option<String>,
    facts: String,
}

impl RunChange {
    pub(crate) fn write(run: &Run) -> Result<Self, StoreError> {
        let id = run.id.to_string();
        let cells = Cells::of("strategy_runs", &id);
        Ok(Self {
            epoch: run.epoch,
            state: run.state.name().to_owned(),
            lease_until: lease_until(&run.state),
            intent_id: run.state.intent().map(|id| id.to_string()),
            facts: cells.to_json("facts", &run.state)?,
        })
    }
}

impl RunRow {
    pub(crate) fn write(scope: &Scope, run: &Run) -> Result<Self, StoreError> {
        let change = RunChange::write(run)?;
        Ok(Self {
            tenant_id: scope.key().to_owned(),
            id: run.id.to_string(),
            strategy_id: run.strategy.to_string(),
            planned_at: nanos(run.planned_at),
            epoch: change.epoch,
            opened_at: nanos(run.opened_at),
            state: change.state,
            lease_until: change.lease_until,
            intent_id: change.intent_id,
            facts: change.facts,
        })
    }

    /// Columns and JSON say the same, or the row is none of ours.
    pub(crate) fn read(&self, scope: &Scope) -> Result<Run, StoreError> {
        let cells = Cells::of("strategy_runs", &self.id);
        let state: RunState = cells.json("facts", &self.facts)?;
        let same = [
            ("state", state.name() == self.state),
            ("lease_until", lease_until(&state) == self.lease_until),
            (
                "intent_id",
                state.intent().map(|id| id.to_string()) == self.intent_id,
            ),
        ];
        if let Some((column, _)) = same.iter().find(|(_, same)| !same) {
            return Err(cells.bad(column));
        }
        Ok(Run {
            id: cells.parse("id", &self.id)?,
            tenant: scope.tenant(),
            strategy: cells.parse("strategy_id", &self.strategy_id)?,
            planned_at: cells.time("planned_at", self.planned_at)?,
            epoch: self.epoch,
            opened_at: cells.time("opened_at", self.opened_at)?,
            state,
        })
    }
}

fn lease_until(state: &RunState) -> Option<i64> {
    state.lease().map(|lease| nanos(lease.expires_at))
}
