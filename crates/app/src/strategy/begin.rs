//! A run begins to pay, inside the transaction that records its payment: whoever dies, both are on
//! record or neither is.

use vaultpilot_audit::{Action, Draft};
use vaultpilot_core::{Label, RunId};
use vaultpilot_intent::Intent;
use vaultpilot_ports::{Fault, Tx};
use vaultpilot_strategy::{
    ApprovalRule, Booking, Command, End, Event, Run, RunState, Skip, State, Strategy,
};

use super::{advance, caller_of, compiled, strategy_of};
use crate::App;
use crate::error::OrFault;
use crate::judge::Asks;

/// The run that asks, as it was when its payment was put together.
pub(crate) struct Origin<'a> {
    pub strategy: &'a Strategy,
    pub run: RunId,
    pub holder: &'a str,
    pub epoch: i64,
}

/// What came of beginning.
pub(crate) enum Begun {
    Going(Box<Going>),
    /// The run has ended, and that is written: nothing is paid.
    Over,
}

pub(crate) struct Going {
    pub asks: Option<Asks>,
    pub(super) strategy: Strategy,
    pub(super) run: Run,
    pub(super) booking: Option<Booking>,
}

impl App {
    /// Checks the lease, the strategy and its limits once more, and books what will be paid.
    pub(crate) async fn run_begin(
        &self,
        tx: &mut dyn Tx,
        origin: &Origin<'_>,
    ) -> Result<Begun, Fault> {
        let run = tx.run_fetch(origin.run).await.fault()?;
        let run = run.ok_or_else(|| Fault::not_found("run", origin.run))?;
        held(&run, origin.holder, origin.epoch)?;
        let strategy = strategy_of(tx, &run).await?;
        if matches!(
            strategy.state,
            State::Detaching { .. } | State::Detached { .. }
        ) {
            let end = End::Cancelled { intent: None };
            self.run_close(tx, run, None, end).await?;
            return Ok(Begun::Over);
        }
        if strategy.spec != origin.strategy.spec || strategy.decimals != origin.strategy.decimals {
            let message = "the strategy was edited meanwhile; ask again";
            return Err(Fault::unavailable("strategy_edited", message));
        }
        let asks = asks(&strategy)?;
        let planned_at = run.planned_at;
        let (strategy, commands) =
            advance(tx, strategy, Event::Begun { planned_at }, self.now()).await?;
        let booking = match commands.as_slice() {
            [Command::Pay { booking }] => Some(*booking),
            [Command::Simulate { .. }] => None,
            [Command::Drop { why }] => {
                self.run_dropped(tx, &strategy, run, *why).await?;
                return Ok(Begun::Over);
            }
            _ => {
                return Err(Fault::Internal {
                    reference: "strategies.state".to_owned(),
                });
            }
        };
        Ok(Begun::Going(Box::new(Going {
            asks,
            strategy,
            run,
            booking,
        })))
    }

    /// Binds the run to its payment.
    pub(crate) async fn run_pays(
        &self,
        tx: &mut dyn Tx,
        going: &Going,
        intent: &Intent,
    ) -> Result<Draft, Fault> {
        let Some(booking) = going.booking else {
            return Err(Fault::Internal {
                reference: "strategies.dry_run".to_owned(),
            });
        };
        let mut run = going.run.clone();
        run.state = RunState::Paying {
            intent: intent.id,
            booking,
        };
        tx.run_update(going.run.epoch, &run).await.fault()?;
        let caller = caller_of(&going.strategy);
        let mut draft = self.strategy_draft(&caller, Action::StrategyRunBegan, &going.strategy);
        draft.intent = Some(intent.id);
        draft.digest = Some(intent.action_digest.to_string());
        Ok(draft.fact("run", run.id))
    }

    /// The step has counted it already.
    async fn run_dropped(
        &self,
        tx: &mut dyn Tx,
        strategy: &Strategy,
        mut run: Run,
        why: Skip,
    ) -> Result<(), Fault> {
        let end = End::Skipped { why };
        let draft = self.run_ended_draft(strategy, &run, &end);
        run.state = RunState::Ended {
            at: self.now(),
            end,
        };
        tx.run_update(run.epoch, &run).await.fault()?;
        tx.audit_append(vec![draft]).await.fault()?;
        Ok(())
    }
}

/// Whether the run is leased to this holder, under this epoch.
///
/// # Errors
/// `Conflict` when it is not.
pub(super) fn held(run: &Run, holder: &str, epoch: i64) -> Result<(), Fault> {
    let ours = |lease: &vaultpilot_strategy::Lease| lease.holder == holder && run.epoch == epoch;
    if run.state.lease().is_some_and(ours) {
        Ok(())
    } else {
        let message = format!("run {} is not leased to {holder} in epoch {epoch}", run.id);
        Err(Fault::conflict("lease_lost", message))
    }
}

/// Whether the strategy itself wants a person asked about what it pays now.
fn asks(strategy: &Strategy) -> Result<Option<Asks>, Fault> {
    let why = match &strategy.spec.approval {
        ApprovalRule::Never => None,
        ApprovalRule::EveryRun => Some("before every run"),
        ApprovalRule::FirstRun => {
            (strategy.progress.paid_as_it_is == 0).then_some("before its first payment")
        }
        ApprovalRule::AboveAmount { .. } => {
            let compiled = compiled(strategy).fault()?;
            let above = compiled
                .ask_above
                .is_some_and(|most| compiled.amount > most);
            above.then_some("above this amount")
        }
    };
    let by: Label = strategy.name.clone();
    Ok(why.map(|why| Asks { by, why }))
}
