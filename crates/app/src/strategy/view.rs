//! Strategies and runs as callers see them.

use alloy_primitives::keccak256;
use vaultpilot_core::{BaseUnits, Timestamp, Wallet};
use vaultpilot_intent::{Intent, StateName};
use vaultpilot_policy::Decision;
use vaultpilot_ports::StoreError;
use vaultpilot_ports::strategy_plane::{RunStatus, RunView, StrategyView};
use vaultpilot_strategy::{
    Booking, End, Failure, Run, RunState, Skip, State, Strategy, Suspension,
};

use super::compiled;
use super::settle::end_of;

pub(super) fn strategy(
    strategy: &Strategy,
    wallet: &Wallet,
    active_run: Option<RunView>,
    last_run: Option<RunView>,
    now: Timestamp,
) -> Result<StrategyView, StoreError> {
    let (code, reason) = standing(&strategy.state);
    let progress = &strategy.progress;
    let amount = |amount: BaseUnits| amount.format(strategy.decimals);
    let today = compiled(strategy)?.calendar.day(now);
    let spent_today = progress.today.filter(|day| day.began_at >= today);
    Ok(StrategyView {
        id: strategy.id.to_string(),
        name: strategy.name.to_string(),
        kind: strategy.spec.body.kind().to_string(),
        wallet: wallet.label.to_string(),
        wallet_id: wallet.id.to_string(),
        state: strategy.state.name().as_str().to_owned(),
        code,
        reason,
        spec: strategy.spec.clone(),
        spec_hash: spec_hash(strategy),
        next_run_at: strategy.state.next().map(|next| next.due_at.to_string()),
        active_run,
        last_run,
        begun: progress.begun,
        succeeded: progress.succeeded,
        denied: progress.denied,
        failed: progress.failed,
        skipped: progress.skipped,
        consecutive_failures: progress.consecutive_failures,
        spent_total: amount(progress.spent),
        spent_today: amount(spent_today.map_or(BaseUnits::ZERO, |day| day.spent)),
        managed_by: strategy.managed.as_ref().map(ToString::to_string),
        created_at: strategy.created_at.to_string(),
    })
}

fn standing(state: &State) -> (Option<String>, Option<String>) {
    match state {
        State::Active { .. } | State::Detached { .. } => (None, None),
        State::Suspended {
            why: Suspension::Requested { reason },
            ..
        } => (Some("requested".to_owned()), Some(reason.clone())),
        State::Suspended {
            why: Suspension::Failures { count },
            ..
        } => (
            Some("failures".to_owned()),
            Some(format!("{count} runs failed one after the other")),
        ),
        State::Finished { why, .. } => (Some(why.as_str().to_owned()), None),
        State::Detaching { .. } => (
            Some("detaching".to_owned()),
            Some("it waits for payments that are signed".to_owned()),
        ),
    }
}

/// Names what the spec says, in the form it is stored in.
fn spec_hash(strategy: &Strategy) -> String {
    // Strings, integers and enums only: writing them to memory cannot fail.
    let text = serde_json::to_vec(&strategy.spec).unwrap_or_default();
    keccak256(text).to_string()
}

pub(super) fn run(strategy: &Strategy, run: &Run, payment: Option<&(Intent, Decision)>) -> RunView {
    let told = match &run.state {
        RunState::Leased { waits, .. } => leased(*waits),
        RunState::Paying { booking, .. } => paying(payment, *booking),
        RunState::Ended { end, .. } => ended(end),
    };
    let amount = match &run.state {
        RunState::Paying { booking, .. } => Some(booking.amount.format(strategy.decimals)),
        RunState::Ended {
            end: End::Paid { amount, .. } | End::Simulated { amount },
            ..
        } => Some(amount.format(strategy.decimals)),
        RunState::Leased { .. } | RunState::Ended { .. } => None,
    };
    let tx = payment.and_then(|(intent, _)| intent.state.tx());
    RunView {
        id: run.id.to_string(),
        strategy_id: run.strategy.to_string(),
        planned_at: run.planned_at.to_string(),
        opened_at: run.opened_at.to_string(),
        status: told.status,
        code: told.code,
        message: told.message,
        transaction_id: run.state.intent().map(|id| id.to_string()),
        transaction_hash: tx.map(|tx| tx.hash.to_string()),
        amount,
        epoch: run.epoch,
        ended_at: match &run.state {
            RunState::Ended { at, .. } => Some(at.to_string()),
            RunState::Leased { .. } | RunState::Paying { .. } => None,
        },
    }
}

struct Told {
    status: RunStatus,
    code: Option<String>,
    message: String,
}

fn told(status: RunStatus, message: &str) -> Told {
    Told {
        status,
        code: None,
        message: message.to_owned(),
    }
}

fn leased(waits: Option<Skip>) -> Told {
    match waits {
        None => told(RunStatus::Leased, "leased; nothing was asked for yet"),
        Some(why) => Told {
            status: RunStatus::Leased,
            code: Some(why.as_str().to_owned()),
            message: "a gate is closed; it is looked at again until the run is too late".to_owned(),
        },
    }
}

fn paying(payment: Option<&(Intent, Decision)>, booking: Booking) -> Told {
    let Some((intent, decision)) = payment else {
        return told(RunStatus::Submitted, "its payment is on record");
    };
    if let Some(end) = end_of(intent, decision, booking) {
        return ended(&end);
    }
    match intent.state.name() {
        StateName::AwaitingApproval => told(RunStatus::PendingApproval, "a person is asked"),
        StateName::Ambiguous => told(
            RunStatus::Ambiguous,
            "nobody can say yet whether it arrived; it stays reserved and is followed",
        ),
        _ => told(RunStatus::Submitted, "on its way"),
    }
}

fn ended(end: &End) -> Told {
    match end {
        End::Paid { .. } => told(RunStatus::Paid, "paid: in a final block"),
        End::Simulated { .. } => told(RunStatus::Simulated, "would have paid"),
        End::Cancelled { .. } => told(RunStatus::Cancelled, "withdrawn before it was signed"),
        End::Skipped { why } => Told {
            status: RunStatus::Skipped,
            code: Some(why.as_str().to_owned()),
            message: skipped(*why).to_owned(),
        },
        End::Failed {
            how, code, message, ..
        } => Told {
            status: match how {
                Failure::Denied => RunStatus::Denied,
                Failure::NotApproved => RunStatus::NotApproved,
                Failure::Reverted => RunStatus::Reverted,
                Failure::Unable => RunStatus::Failed,
            },
            code: Some(code.clone()),
            message: message.clone(),
        },
    }
}

const fn skipped(why: Skip) -> &'static str {
    match why {
        Skip::Missed => "nobody was there in time, and catchUp is Skip",
        Skip::Late => "nobody carried it out before it was too late",
        Skip::Overlap => "the run before waited for a person or for its signature",
        Skip::Suspended => "the strategy was suspended",
        Skip::BaseFee => "the base fee was above maxBaseFeeGwei all the time",
        Skip::WalletBalance => "the wallet held less than minWalletBalance all the time",
        Skip::MaxPerRun => "the amount is above maxPerRun",
        Skip::MaxPerDay => "the day has spent its maxPerDay",
        Skip::MaxTotal => "maxTotal is spent",
        Skip::MaxRuns => "maxRuns have begun",
    }
}
