//! A strategy as a row.

use diesel::prelude::*;
use vaultpilot_ports::store::StoreError;
use vaultpilot_strategy::{Spec, State, Strategy};

use crate::cell::{Cells, nanos};
use crate::schema::strategies;
use crate::scope::Scope;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = strategies)]
pub(crate) struct StrategyRow {
    tenant_id: String,
    id: String,
    name: String,
    wallet_id: String,
    kind: String,
    spec: String,
    decimals: i64,
    state: String,
    next_at: Option<i64>,
    facts: String,
    progress: String,
    revision: i64,
    managed: Option<String>,
    created_at: i64,
}

/// What an edit or a step changes; name, wallet, kind and birth stand still.
#[derive(AsChangeset)]
#[diesel(table_name = strategies, treat_none_as_null = true)]
pub(crate) struct StrategyChange {
    spec: String,
    decimals: i64,
    state: String,
    next_at: Option<i64>,
    facts: String,
    progress: String,
    revision: i64,
    managed: Option<String>,
}

impl StrategyChange {
    pub(crate) fn write(strategy: &Strategy) -> Result<Self, StoreError> {
        let id = strategy.id.to_string();
        let cells = Cells::of("strategies", &id);
        Ok(Self {
            spec: cells.to_json("spec", &strategy.spec)?,
            decimals: i64::from(strategy.decimals),
            state: strategy.state.name().as_str().to_owned(),
            next_at: strategy.state.next().map(|next| nanos(next.due_at)),
            facts: cells.to_json("facts", &strategy.state)?,
            progress: cells.to_json("progress", &strategy.progress)?,
            revision: cells.signed("revision", strategy.revision)?,
            managed: cells.to_maybe_json("managed", strategy.managed.as_ref())?,
        })
    }
}

impl StrategyRow {
    pub(crate) fn write(scope: &Scope, strategy: &Strategy) -> Result<Self, StoreError> {
        let change = StrategyChange::write(strategy)?;
        Ok(Self {
            tenant_id: scope.key().to_owned(),
            id: strategy.id.to_string(),
            name: strategy.name.to_string(),
            wallet_id: strategy.wallet.to_string(),
            kind: strategy.spec.body.kind().as_str().to_owned(),
            spec: change.spec,
            decimals: change.decimals,
            state: change.state,
            next_at: change.next_at,
            facts: change.facts,
            progress: change.progress,
            revision: change.revision,
            managed: change.managed,
            created_at: nanos(strategy.created_at),
        })
    }

    /// Columns and JSON say the same, or the row is none of ours.
    pub(crate) fn read(&self, scope: &Scope) -> Result<Strategy, StoreError> {
        let cells = Cells::of("strategies", &self.id);
        let state: State = cells.json("facts", &self.facts)?;
        if state.name().as_str() != self.state {
            return Err(cells.bad("state"));
        }
        if state.next().map(|next| nanos(next.due_at)) != self.next_at {
            return Err(cells.bad("next_at"));
        }
        let spec: Spec = cells.json("spec", &self.spec)?;
        if spec.body.kind().as_str() != self.kind {
            return Err(cells.bad("kind"));
        }
        Ok(Strategy {
            id: cells.parse("id", &self.id)?,
            tenant: scope.tenant(),
            name: cells.parse("name", &self.name)?,
            wallet: cells.parse("wallet_id", &self.wallet_id)?,
            spec,
            decimals: cells.integer("decimals", self.decimals)?,
            state,
            progress: cells.json("progress", &self.progress)?,
            revision: cells.integer("revision", self.revision)?,
            managed: cells.maybe_json("managed", self.managed.as_deref())?,
            created_at: cells.time("created_at", self.created_at)?,
        })
    }
}
