//! Strategies: payments by a schedule. Applied by people and resources, triggered by a runtime,
//! and paid on the same path as every other payment.

mod apply;
mod begin;
mod close;
mod detach;
mod gate;
mod lease;
mod list;
mod plane;
mod run;
mod settle;
mod view;
mod wish;

use vaultpilot_audit::{Action, Draft, Outcome};
use vaultpilot_core::{Caller, CallerKind, Role, Scope, Timestamp};
use vaultpilot_ports::{Fault, ReadTx, StoreError, Tx};
use vaultpilot_strategy::{Command, Compiled, Event, Run, Strategy, step};

use crate::App;
use crate::error::OrFault;

pub use apply::ApplyStrategy;
pub(crate) use begin::{Begun, Origin};

/// A strategy pays as an agent of its name does, from no address.
pub(crate) fn caller_of(strategy: &Strategy) -> Caller {
    Caller {
        tenant: strategy.tenant,
        kind: CallerKind::Strategy {
            id: strategy.id,
            name: strategy.name.clone(),
        },
        role: Role::Agent,
        scopes: vec![Scope::TxExecute],
        ip: None,
    }
}

/// A stored spec was read when it was applied; one that does not read any more stops its strategy.
fn compiled(strategy: &Strategy) -> Result<Compiled, StoreError> {
    let compiled = strategy
        .spec
        .compile(strategy.decimals, strategy.created_at);
    compiled.map_err(|problems| {
        tracing::error!(strategy.id = %strategy.id, %problems, "stored strategy does not compile");
        StoreError::Inconsistent {
            table: "strategies",
            column: "spec",
            row: strategy.id.to_string(),
        }
    })
}

/// Takes the stored strategy one step and writes it back.
pub(crate) async fn advance(
    tx: &mut dyn Tx,
    strategy: Strategy,
    event: Event,
    now: Timestamp,
) -> Result<(Strategy, Vec<Command>), Fault> {
    let compiled = compiled(&strategy).fault()?;
    let seen = strategy.revision;
    let (next, commands) = step(strategy, &compiled, event, now)
        .map_err(|error| Fault::conflict("strategy_state", error.to_string()))?;
    if next.revision != seen {
        tx.strategy_update(seen, &next).await.fault()?;
    }
    Ok((next, commands))
}

/// The strategy of a run: it is there, or the row is none of ours.
async fn strategy_of<T: ReadTx + ?Sized>(tx: &mut T, run: &Run) -> Result<Strategy, Fault> {
    let found = tx.strategy_fetch(run.strategy).await.fault()?;
    found.ok_or_else(|| Fault::not_found("strategy", run.strategy))
}

impl App {
    /// An entry about a strategy.
    fn strategy_draft(&self, caller: &Caller, action: Action, strategy: &Strategy) -> Draft {
        let mut draft = self.draft(caller, action, Outcome::Succeeded);
        draft.wallet = Some(strategy.wallet);
        draft
            .fact("strategy", strategy.id)
            .fact("name", &strategy.name)
    }
}
