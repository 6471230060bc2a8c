//! What the control API reports of a strategy, as its status says it.

use vaultpilot_crds::strategy::{LastRun, RunCounts, RunOutcome, Spent, StrategyStatus};
use vaultpilot_crds::value::{Amount, Asset, ChainId, Id, Sentence, TransactionHash};
use vaultpilot_ports::strategy_plane::{RunStatus, RunView, StrategyView};

use crate::moment;
use crate::truth::sentence;

pub(super) fn write(view: &StrategyView, after: &mut StrategyStatus) {
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let payment = view.spec.payment();
    after.strategy_id = Some(Id(view.id.clone()));
    after.compiled_hash = Some(Id(view.spec_hash.clone()));
    after.next_run_time = view.next_run_at.as_deref().and_then(moment::read);
    after.active_run_id = view.active_run.as_ref().map(|run| Id(run.id.clone()));
    let newest = view.last_run.as_ref().or(view.active_run.as_ref());
    after.last_run = newest.and_then(last_run);
    after.counts = Some(RunCounts {
        total: count(view.begun),
        succeeded: count(view.succeeded),
        denied: count(view.denied),
        failed: count(view.failed),
        skipped: count(view.skipped),
    });
    after.consecutive_failures = i32::try_from(view.consecutive_failures).ok();
    after.spent = vec![Spent {
        chain: ChainId(payment.chain.to_string()),
        asset: Asset(payment.token.to_string()),
        last_day: Amount(view.spent_today.clone()),
        total: Amount(view.spent_total.clone()),
    }];
}

fn last_run(run: &RunView) -> Option<LastRun> {
    Some(LastRun {
        id: Id(run.id.clone()),
        scheduled_time: moment::read(&run.planned_at)?,
        start_time: moment::read(&run.opened_at)?,
        end_time: run.ended_at.as_deref().and_then(moment::read),
        outcome: outcome(run.status),
        transaction_hash: run.transaction_hash.clone().map(TransactionHash),
        reason: run.code.clone().map(Id),
        message: (!run.message.is_empty()).then(|| Sentence(sentence(&run.message))),
    })
}

const fn outcome(status: RunStatus) -> Option<RunOutcome> {
    match status {
        RunStatus::Paid => Some(RunOutcome::Succeeded),
        RunStatus::Simulated => Some(RunOutcome::DryRun),
        RunStatus::Denied => Some(RunOutcome::Denied),
        RunStatus::NotApproved => Some(RunOutcome::NotApproved),
        RunStatus::Reverted => Some(RunOutcome::Reverted),
        RunStatus::Skipped => Some(RunOutcome::Skipped),
        RunStatus::Failed | RunStatus::Cancelled => Some(RunOutcome::Failed),
        RunStatus::Leased
        | RunStatus::PendingApproval
        | RunStatus::Submitted
        | RunStatus::Ambiguous => None,
    }
}
