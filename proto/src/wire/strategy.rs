//! Strategies, their runs and their ticks.

use vaultpilot_ports::strategy_plane::{LeasedTick, RunStatus, RunView, StrategyView};
use vaultpilot_strategy::{
    ApprovalRule, Body, CatchUp, FailurePolicy, Gates, Limits, Payment, Schedule, Spec, When,
};

use super::{Wire, WireError, at, mirror, names, standard};
use crate::pb;
use crate::pb::strategy_spec::{Approval as PbApproval, Body as PbBody};

names!(RunStatus as pb::RunStatus {
    Leased,
    PendingApproval,
    Submitted,
    Ambiguous,
    Paid,
    Simulated,
    Denied,
    NotApproved,
    Reverted,
    Failed,
    Skipped,
    Cancelled,
});
names!(CatchUp as pb::CatchUp { Skip, RunOnce });
mirror!(LeasedTick as pb::LeasedTick {
    strategy,
    name,
    run,
    epoch,
} required { planned_at, lease_until });
mirror!(RunView as pb::StrategyRunView {
    id,
    strategy_id,
    planned_at,
    status,
    code,
    message,
    transaction_id,
    amount,
    epoch,
    ended_at,
    opened_at,
    transaction_hash,
});
mirror!(StrategyView as pb::Strategy {
    id,
    name,
    kind,
    wallet,
    wallet_id,
    state,
    code,
    reason,
    spec_hash,
    next_run_at,
    active_run,
    last_run,
    begun,
    succeeded,
    denied,
    failed,
    skipped,
    consecutive_failures,
    spent_total,
    spent_today,
    managed_by,
    created_at,
} required { spec });
mirror!(Payment as pb::StrategyPayment { chain, to, token, amount, memo });
mirror!(Limits as pb::StrategyLimits { max_per_run, max_per_day, max_total, max_runs });
mirror!(Gates as pb::StrategyGates { max_base_fee_gwei, min_wallet_balance });
mirror!(Schedule as pb::Schedule {
    time_zone,
    start_at,
    end_at,
    catch_up,
} required { when, jitter });

impl Wire<When> for pb::schedule::When {
    fn write(value: When) -> Self {
        match value {
            When::Cron(text) => Self::Cron(text),
            When::Interval(length) => Self::Interval(Wire::write(length)),
            When::At(instant) => Self::At(Wire::write(instant)),
        }
    }

    fn read(self) -> Result<When, WireError> {
        Ok(match self {
            Self::Cron(text) => When::Cron(text),
            Self::Interval(length) => When::Interval(at("interval", length.read())?),
            Self::At(instant) => When::At(at("at", instant.read())?),
        })
    }
}

impl Wire<Body> for PbBody {
    fn write(value: Body) -> Self {
        match value {
            Body::RecurringTransfer(payment) => Self::RecurringTransfer(Wire::write(payment)),
            Body::ScheduledSend(payment) => Self::ScheduledSend(Wire::write(payment)),
        }
    }

    fn read(self) -> Result<Body, WireError> {
        Ok(match self {
            Self::RecurringTransfer(payment) => Body::RecurringTransfer(payment.read()?),
            Self::ScheduledSend(payment) => Body::ScheduledSend(payment.read()?),
        })
    }
}

impl Wire<ApprovalRule> for PbApproval {
    fn write(value: ApprovalRule) -> Self {
        match value {
            ApprovalRule::Never => Self::Never(pb::Never {}),
            ApprovalRule::FirstRun => Self::FirstRun(pb::FirstRun {}),
            ApprovalRule::EveryRun => Self::EveryRun(pb::EveryRun {}),
            ApprovalRule::AboveAmount { amount } => Self::AboveAmount(pb::AboveAmount { amount }),
        }
    }

    fn read(self) -> Result<ApprovalRule, WireError> {
        Ok(match self {
            Self::Never(pb::Never {}) => ApprovalRule::Never,
            Self::FirstRun(pb::FirstRun {}) => ApprovalRule::FirstRun,
            Self::EveryRun(pb::EveryRun {}) => ApprovalRule::EveryRun,
            Self::AboveAmount(pb::AboveAmount { amount }) => ApprovalRule::AboveAmount { amount },
        })
    }
}

impl Wire<Spec> for pb::StrategySpec {
    fn write(value: Spec) -> Self {
        let Spec {
            body,
            schedule,
            limits,
            gates,
            approval,
            failure,
            dry_run,
            run_history_limit,
        } = value;
        Self {
            body: Some(Wire::write(body)),
            schedule: Some(Wire::write(schedule)),
            limits: Some(Wire::write(limits)),
            gates: Some(Wire::write(gates)),
            approval: Some(Wire::write(approval)),
            suspend_after_failures: match failure {
                FailurePolicy::Continue => None,
                FailurePolicy::SuspendAfter { failures } => Some(failures),
            },
            dry_run,
            run_history_limit,
        }
    }

    fn read(self) -> Result<Spec, WireError> {
        // Limits, gates and the approval rule only make a strategy tighter: absence is an error, or
        // a field that got lost would loosen it.
        Ok(Spec {
            body: at("body", crate::required(self.body))?,
            schedule: at("schedule", crate::required(self.schedule))?,
            limits: at("limits", crate::required(self.limits))?,
            gates: at("gates", crate::required(self.gates))?,
            approval: at("approval", crate::required(self.approval))?,
            failure: match self.suspend_after_failures {
                None => FailurePolicy::Continue,
                Some(failures) => FailurePolicy::SuspendAfter { failures },
            },
            dry_run: self.dry_run,
            run_history_limit: self.run_history_limit,
        })
    }
}

standard!(Spec as pb::StrategySpec);
