//! What people and resources want of a strategy.

use vaultpilot_core::Timestamp;

use super::end::reconsider;
use super::{Command, StepError, await_tick, wrong};
use crate::{Compiled, Spec, State, Strategy, Suspension};

pub(super) fn suspended(
    strategy: &mut Strategy,
    reason: String,
    now: Timestamp,
) -> Result<(), StepError> {
    match strategy.state {
        // Resting by itself, it now rests because somebody wants it to.
        State::Active { .. }
        | State::Suspended {
            why: Suspension::Failures { .. },
            ..
        } => {
            let why = Suspension::Requested { reason };
            strategy.state = State::Suspended { why, at: now };
            Ok(())
        }
        // It rests already.
        State::Suspended { .. } | State::Finished { .. } => Ok(()),
        State::Detaching { .. } | State::Detached { .. } => Err(wrong(strategy)),
    }
}

/// What was missed meanwhile was not wanted: the next tick is the first after now.
pub(super) fn resumed(
    strategy: &mut Strategy,
    compiled: &Compiled,
    now: Timestamp,
) -> Result<(), StepError> {
    match strategy.state {
        State::Suspended { .. } => {
            strategy.progress.consecutive_failures = 0;
            await_tick(strategy, compiled, now);
            Ok(())
        }
        State::Active { .. } | State::Finished { .. } => Ok(()),
        State::Detaching { .. } | State::Detached { .. } => Err(wrong(strategy)),
    }
}

pub(super) fn edited(
    strategy: &mut Strategy,
    compiled: &Compiled,
    spec: Spec,
    decimals: u8,
    now: Timestamp,
) -> Result<(), StepError> {
    if matches!(
        strategy.state,
        State::Detaching { .. } | State::Detached { .. }
    ) {
        return Err(wrong(strategy));
    }
    if spec.body.kind() != strategy.spec.body.kind() {
        return Err(StepError::Kind);
    }
    if spec == strategy.spec && decimals == strategy.decimals {
        return Ok(());
    }
    if spec.body != strategy.spec.body {
        strategy.progress.edition = strategy.progress.edition.saturating_add(1);
        strategy.progress.paid_as_it_is = 0;
    }
    let rescheduled = spec.schedule != strategy.spec.schedule;
    strategy.spec = spec;
    strategy.decimals = decimals;
    match &strategy.state {
        State::Suspended {
            why: Suspension::Requested { .. },
            ..
        } => {}
        // Somebody has looked at what failed.
        State::Suspended {
            why: Suspension::Failures { .. },
            ..
        } => resumed(strategy, compiled, now)?,
        State::Active { .. } if !rescheduled => reconsider(strategy, compiled, now),
        _ => await_tick(strategy, compiled, now),
    }
    Ok(())
}

pub(super) fn detached(strategy: &mut Strategy, now: Timestamp) -> Vec<Command> {
    match strategy.state {
        State::Detached { .. } => Vec::new(),
        State::Detaching { .. } => vec![Command::CancelOpen],
        State::Active { .. } | State::Suspended { .. } | State::Finished { .. } => {
            strategy.state = State::Detaching { at: now };
            vec![Command::CancelOpen]
        }
    }
}
