//! From a spec of the cluster to a spec of the control plane. Pure.

use std::cmp::Ordering;

use serde::de::DeserializeOwned;
use serde_json::json;
use vaultpilot_core::{Timestamp, parse_address};
use vaultpilot_crds::strategy::{
    CatchUp as CatchUpField, Schedule as ScheduleField, StrategyApproval, StrategySpec,
    StrategyType,
};
use vaultpilot_crds::value::Amount;
use vaultpilot_policy::document::Span;
use vaultpilot_strategy::{
    ApprovalRule, Body, CatchUp, FailurePolicy, Gates, Limits, Payment, Schedule, Spec, When,
};

use crate::decimal::compare;
use crate::moment;
use crate::reason::Reason;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    #[error("spec.{field}: {message}")]
    Spec {
        field: &'static str,
        message: String,
    },
    #[error("spec.limits: {small} {least} is more than {large} {most}")]
    Limits {
        small: &'static str,
        least: String,
        large: &'static str,
        most: String,
    },
}

impl Invalid {
    pub const fn reason(&self) -> Reason {
        match self {
            Self::Spec { .. } => Reason::InvalidSpec,
            Self::Limits { .. } => Reason::InvalidLimits,
        }
    }

    fn spec(field: &'static str, message: impl Into<String>) -> Self {
        Self::Spec {
            field,
            message: message.into(),
        }
    }
}

/// # Errors
/// The first thing that is wrong.
pub fn validate(spec: &StrategySpec) -> Result<Spec, Invalid> {
    let body = body(spec)?;
    let amount = match &body {
        Body::RecurringTransfer(payment) | Body::ScheduledSend(payment) => &payment.amount,
    };
    Ok(Spec {
        limits: limits(spec, amount)?,
        schedule: schedule(&spec.schedule)?,
        gates: Gates {
            max_base_fee_gwei: text(spec.gates.max_base_fee_gwei.as_ref()),
            min_wallet_balance: text(spec.gates.min_wallet_balance.as_ref()),
        },
        approval: approval(spec)?,
        failure: match u32::try_from(spec.failure_policy.suspend_after) {
            Ok(0) | Err(_) => FailurePolicy::Continue,
            Ok(failures) => FailurePolicy::SuspendAfter { failures },
        },
        dry_run: spec.dry_run,
        run_history_limit: u32::try_from(spec.run_history_limit).unwrap_or(Spec::DEFAULT_HISTORY),
        body,
    })
}

fn body(spec: &StrategySpec) -> Result<Body, Invalid> {
    match (spec.kind, &spec.recurring_transfer, &spec.scheduled_send) {
        (StrategyType::RecurringTransfer, Some(body), None) => {
            let memo = body.memo.as_ref().map(ToString::to_string);
            let named = [
                body.chain.as_str(),
                body.asset.as_str(),
                body.to.as_str(),
                body.amount.as_str(),
            ];
            payment("recurringTransfer", named, memo).map(Body::RecurringTransfer)
        }
        (StrategyType::ScheduledSend, None, Some(body)) => {
            let memo = body.memo.as_ref().map(ToString::to_string);
            let named = [
                body.chain.as_str(),
                body.asset.as_str(),
                body.to.as_str(),
                body.amount.as_str(),
            ];
            payment("scheduledSend", named, memo).map(Body::ScheduledSend)
        }
        _ => {
            let message = "exactly the body that type names must be there";
            Err(Invalid::spec("type", message))
        }
    }
}

fn payment(
    field: &'static str,
    [chain, asset, to, amount]: [&str; 4],
    memo: Option<String>,
) -> Result<Payment, Invalid> {
    Ok(Payment {
        chain: parse(field, chain)?,
        token: parse(field, asset)?,
        to: parse_address(to).map_err(|error| Invalid::spec(field, format!("{to}: {error}")))?,
        amount: amount.to_owned(),
        memo,
    })
}

fn limits(spec: &StrategySpec, amount: &str) -> Result<Limits, Invalid> {
    let given = &spec.limits;
    let run = ("maxPerRun", text(given.max_per_run.as_ref()));
    let day = ("maxPerDay", text(given.max_per_day.as_ref()));
    let total = ("maxTotal", text(given.max_total.as_ref()));
    let amount = ("amount", Some(amount.to_owned()));
    for (small, large) in [
        (&amount, &run),
        (&amount, &day),
        (&amount, &total),
        (&run, &day),
        (&run, &total),
        (&day, &total),
    ] {
        let ((small, Some(least)), (large, Some(most))) = (small, large) else {
            continue;
        };
        match compare(least, most) {
            Some(Ordering::Greater) => {
                return Err(Invalid::Limits {
                    small,
                    least: least.clone(),
                    large,
                    most: most.clone(),
                });
            }
            Some(_) => {}
            None => {
                return Err(Invalid::spec(
                    "limits",
                    format!("{least} or {most} is no amount"),
                ));
            }
        }
    }
    Ok(Limits {
        max_per_run: run.1,
        max_per_day: day.1,
        max_total: total.1,
        max_runs: given.max_runs.and_then(|runs| u64::try_from(runs).ok()),
    })
}

fn schedule(given: &ScheduleField) -> Result<Schedule, Invalid> {
    let when = match (&given.cron, &given.interval, &given.at) {
        (Some(cron), None, None) => When::Cron(cron.to_string()),
        (None, Some(interval), None) => {
            When::Interval(span("schedule.interval", interval.as_str())?.duration())
        }
        (None, None, Some(at)) => When::At(moment::instant(&at.0)),
        _ => {
            let message = "cron, interval or at, exactly one of the three";
            return Err(Invalid::spec("schedule", message));
        }
    };
    let instant = |at: &Option<vaultpilot_crds::value::Moment>| -> Option<Timestamp> {
        at.as_ref().map(|at| moment::instant(&at.0))
    };
    let mut schedule = Schedule::new(when);
    if let Some(zone) = &given.time_zone {
        schedule.time_zone = zone.to_string();
    }
    schedule.start_at = instant(&given.start_at);
    schedule.end_at = instant(&given.end_at);
    if let Some(jitter) = &given.jitter {
        schedule.jitter = span("schedule.jitter", jitter.as_str())?.duration();
    }
    schedule.catch_up = match given.catch_up {
        CatchUpField::Skip => CatchUp::Skip,
        CatchUpField::RunOnce => CatchUp::RunOnce,
    };
    Ok(schedule)
}

fn approval(spec: &StrategySpec) -> Result<ApprovalRule, Invalid> {
    Ok(match spec.approval {
        StrategyApproval::Never => ApprovalRule::Never,
        StrategyApproval::FirstRun => ApprovalRule::FirstRun,
        StrategyApproval::EveryRun => ApprovalRule::EveryRun,
        StrategyApproval::AboveAmount => ApprovalRule::AboveAmount {
            amount: text(spec.approval_above.as_ref())
                .ok_or_else(|| Invalid::spec("approvalAbove", "approval AboveAmount needs it"))?,
        },
    })
}

fn text(amount: Option<&Amount>) -> Option<String> {
    amount.map(ToString::to_string)
}

fn span(field: &'static str, text: &str) -> Result<Span, Invalid> {
    parse(field, text)
}

fn parse<T: DeserializeOwned>(field: &'static str, text: &str) -> Result<T, Invalid> {
    serde_json::from_value(json!(text))
        .map_err(|error| Invalid::spec(field, format!("{text}: {error}")))
}

#[cfg(test)]
mod tests;
