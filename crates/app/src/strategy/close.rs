//! A run ends: counted, written, told to the audit log, and the history cut to its length.

use vaultpilot_audit::{Action, Draft, Outcome};
use vaultpilot_core::Caller;
use vaultpilot_ports::{Fault, Tx};
use vaultpilot_strategy::{
    Booking, End, Event, Failure, Run, RunState, State, Strategy, Suspension,
};

use super::{advance, caller_of, strategy_of};
use crate::App;
use crate::error::OrFault;

impl App {
    /// Ends the run, in this transaction. Its outcome is fixed from then on.
    pub(crate) async fn run_close(
        &self,
        tx: &mut dyn Tx,
        mut run: Run,
        booked: Option<Booking>,
        end: End,
    ) -> Result<Strategy, Fault> {
        let now = self.now();
        let strategy = strategy_of(tx, &run).await?;
        let active = matches!(strategy.state, State::Active { .. });
        let event = Event::Ended {
            booked,
            end: end.clone(),
        };
        let (strategy, _) = advance(tx, strategy, event, now).await?;
        let mut drafts = vec![self.run_ended_draft(&strategy, &run, &end)];
        run.state = RunState::Ended { at: now, end };
        tx.run_update(run.epoch, &run).await.fault()?;
        tx.run_trim(strategy.id, strategy.spec.run_history_limit)
            .await
            .fault()?;
        if active && let Some(draft) = self.gave_up_draft(&strategy) {
            drafts.push(draft);
        }
        tx.audit_append(drafts).await.fault()?;
        Ok(strategy)
    }

    pub(super) fn run_ended_draft(&self, strategy: &Strategy, run: &Run, end: &End) -> Draft {
        let caller = caller_of(strategy);
        let mut draft = self.strategy_draft(&caller, Action::StrategyRunEnded, strategy);
        draft.outcome = match end {
            End::Failed {
                how: Failure::Denied,
                ..
            } => Outcome::Denied,
            End::Failed { .. } => Outcome::Failed,
            _ => Outcome::Succeeded,
        };
        draft.intent = run.state.intent();
        let draft = draft.fact("run", run.id).fact("ended", end.as_str());
        match end {
            End::Failed { code, .. } => draft.fact("reason", code),
            End::Skipped { why } => draft.fact("reason", why.as_str()),
            End::Paid { .. } | End::Simulated { .. } | End::Cancelled { .. } => draft,
        }
    }

    /// It was active before: so many failures have suspended it now.
    fn gave_up_draft(&self, strategy: &Strategy) -> Option<Draft> {
        let State::Suspended {
            why: Suspension::Failures { count },
            ..
        } = &strategy.state
        else {
            return None;
        };
        let house = Caller::system(strategy.tenant);
        let draft = self.strategy_draft(&house, Action::StrategySuspended, strategy);
        Some(draft.fact("reason", "failures").fact("failures", count))
    }
}
