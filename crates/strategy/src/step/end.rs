//! The end of a run: counted, given back where nothing was paid, and what follows from failures.

use vaultpilot_core::Timestamp;

use super::{await_tick, spent_up};
use crate::{
    Booking, Compiled, End, Failure, FailurePolicy, Finish, Progress, State, Strategy, Suspension,
};

pub(super) fn ended(
    strategy: &mut Strategy,
    compiled: &Compiled,
    booked: Option<Booking>,
    end: &End,
    now: Timestamp,
) {
    let progress = &mut strategy.progress;
    if let Some(booked) = booked
        && !matches!(end, End::Paid { .. })
    {
        give_back(progress, booked);
    }
    match end {
        End::Paid { .. } => {
            progress.succeeded = progress.succeeded.saturating_add(1);
            if booked.is_some_and(|booked| booked.edition == progress.edition) {
                progress.paid_as_it_is = progress.paid_as_it_is.saturating_add(1);
            }
            progress.consecutive_failures = 0;
        }
        End::Simulated { .. } => {
            progress.succeeded = progress.succeeded.saturating_add(1);
            progress.consecutive_failures = 0;
        }
        End::Failed { how, .. } => {
            let count = match how {
                Failure::Denied => &mut progress.denied,
                Failure::NotApproved | Failure::Reverted | Failure::Unable => &mut progress.failed,
            };
            *count = count.saturating_add(1);
            progress.consecutive_failures = progress.consecutive_failures.saturating_add(1);
        }
        End::Skipped { .. } => progress.skipped = progress.skipped.saturating_add(1),
        End::Cancelled { .. } => {}
    }
    match (strategy.spec.failure, &strategy.state) {
        (FailurePolicy::SuspendAfter { failures }, State::Active { .. })
            if strategy.progress.consecutive_failures >= failures =>
        {
            let count = strategy.progress.consecutive_failures;
            strategy.state = State::Suspended {
                why: Suspension::Failures { count },
                at: now,
            };
        }
        // What was given back may be room for more, and what was paid may have been the last.
        (
            _,
            State::Finished {
                why: Finish::MaxTotal,
                ..
            }
            | State::Active { .. },
        ) => {
            reconsider(strategy, compiled, now);
        }
        _ => {}
    }
}

/// Finishes what has nothing left to spend, and wakes what has room again.
pub(super) fn reconsider(strategy: &mut Strategy, compiled: &Compiled, now: Timestamp) {
    let spent_up = spent_up(&strategy.progress, compiled);
    match (&strategy.state, spent_up) {
        (State::Active { .. }, Some(why)) => {
            strategy.state = State::Finished { why, at: now };
        }
        (State::Finished { .. }, None) => await_tick(strategy, compiled, now),
        _ => {}
    }
}

fn give_back(progress: &mut Progress, booked: Booking) {
    progress.spent = progress.spent.saturating_sub(booked.amount);
    if let Some(today) = progress.today.as_mut()
        && today.began_at == booked.day
    {
        today.spent = today.spent.saturating_sub(booked.amount);
    }
}
