//! The outcome of a run is its payment's: read from the intent, and fixed once that is over.

use std::collections::BTreeSet;

use vaultpilot_core::StrategyId;
use vaultpilot_intent::{Intent, IntentState, Refusal, StateName};
use vaultpilot_policy::Decision;
use vaultpilot_ports::store::{Page, RunFilter};
use vaultpilot_ports::{Fault, Tx};
use vaultpilot_strategy::{Booking, End, Failure, Run, RunState};

use crate::App;
use crate::error::OrFault;

/// What is still open after settling.
#[derive(Debug, Default)]
pub(super) struct Open {
    /// Strategies whose payment waits for a person or for its signature.
    pub busy: BTreeSet<StrategyId>,
    /// Runs that asked for nothing yet.
    pub leased: Vec<Run>,
    /// Runs whose payment is not over, and the payment.
    pub paying: Vec<(Run, Intent)>,
}

impl App {
    /// Ends the runs, of one strategy or all, whose payments are over.
    pub(super) async fn runs_settle(
        &self,
        tx: &mut dyn Tx,
        strategy: Option<StrategyId>,
    ) -> Result<Open, Fault> {
        let filter = RunFilter {
            strategy,
            open_only: true,
        };
        let mut open = Open::default();
        let mut page = Page::first(Page::MAX);
        loop {
            let runs = tx.run_list(&filter, page.clone()).await.fault()?;
            let Some(last) = runs.last() else {
                return Ok(open);
            };
            page.after = Some(last.id.to_string());
            for run in runs {
                match self.run_settle(tx, run, &mut open).await {
                    // One strategy whose row cannot be read does not stop the others; whoever asks
                    // about that one is told.
                    Err(Fault::Internal { .. }) if strategy.is_none() => {}
                    settled => settled?,
                }
            }
        }
    }

    async fn run_settle(&self, tx: &mut dyn Tx, run: Run, open: &mut Open) -> Result<(), Fault> {
        let RunState::Paying {
            intent, booking, ..
        } = run.state
        else {
            open.leased.push(run);
            return Ok(());
        };
        let found = tx.intent_fetch(intent).await.fault()?;
        let (intent, decision) = found.ok_or_else(|| Fault::not_found("transaction", intent))?;
        if let Some(end) = end_of(&intent, &decision, booking) {
            self.run_close(tx, run, Some(booking), end).await?;
        } else {
            let name = intent.state.name();
            if matches!(name, StateName::AwaitingApproval | StateName::Authorized) {
                open.busy.insert(run.strategy);
            }
            open.paying.push((run, intent));
        }
        Ok(())
    }
}

/// How a run ended whose payment is this one, if it is over.
pub(super) fn end_of(intent: &Intent, decision: &Decision, booked: Booking) -> Option<End> {
    let id = intent.id;
    let failed = |how, code: &str, message: &str| {
        Some(End::Failed {
            how,
            intent: Some(id),
            code: code.to_owned(),
            message: message.to_owned(),
        })
    };
    match &intent.state {
        IntentState::Final { .. } => Some(End::Paid {
            intent: id,
            amount: booked.amount,
        }),
        IntentState::Denied { .. } => {
            let code = decision.reasons.first().map(|reason| reason.code);
            let code = code.map_or("policy_error", vaultpilot_policy::ReasonCode::as_str);
            failed(Failure::Denied, code, &decision.headline())
        }
        IntentState::Rejected { .. } => failed(
            Failure::NotApproved,
            "approval_rejected",
            "a person rejected it; nothing was spent",
        ),
        IntentState::Expired { .. } => failed(
            Failure::NotApproved,
            "approval_expired",
            "nobody approved it in time; nothing was spent",
        ),
        IntentState::Refused { refusal, .. } => {
            let how = match refusal {
                Refusal::PolicyChanged | Refusal::Frozen | Refusal::Restored => Failure::Denied,
                Refusal::SimulationFailed { .. }
                | Refusal::SimulationMismatch { .. }
                | Refusal::GasAboveReservation => Failure::Unable,
            };
            failed(
                how,
                refusal.code(),
                "allowed, but not signed; nothing was spent",
            )
        }
        IntentState::Reverted { .. } => failed(
            Failure::Reverted,
            "reverted",
            "it reverted on the chain: only gas was spent",
        ),
        IntentState::Dropped { .. } => failed(
            Failure::Unable,
            "dropped",
            "its nonce was used by another transaction: it can never happen",
        ),
        IntentState::Cancelled { .. } => Some(End::Cancelled { intent: Some(id) }),
        IntentState::AwaitingApproval { .. }
        | IntentState::Authorized { .. }
        | IntentState::Signed { .. }
        | IntentState::Broadcast { .. }
        | IntentState::Ambiguous { .. }
        | IntentState::Confirmed { .. } => None,
    }
}
