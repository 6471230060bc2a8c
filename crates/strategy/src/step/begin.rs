//! Beginning a run: the limits have room for it, and it is booked; or nothing is asked for.

use vaultpilot_core::{BaseUnits, Timestamp};

use super::{Command, StepError, wrong};
use crate::{Booking, Compiled, Day, Finish, Progress, Skip, State, Strategy};

pub(super) fn begun(
    strategy: &mut Strategy,
    compiled: &Compiled,
    planned_at: Timestamp,
    now: Timestamp,
) -> Result<Vec<Command>, StepError> {
    let drop = |strategy: &mut Strategy, why| {
        strategy.progress.skipped = strategy.progress.skipped.saturating_add(1);
        Ok(vec![Command::Drop { why }])
    };
    match strategy.state {
        State::Active { .. } | State::Finished { .. } => {}
        State::Suspended { .. } => return drop(strategy, Skip::Suspended),
        State::Detaching { .. } | State::Detached { .. } => return Err(wrong(strategy)),
    }
    let booking = match book(&strategy.progress, compiled, planned_at) {
        Ok(booking) => booking,
        Err(why) => return drop(strategy, why),
    };
    let progress = &mut strategy.progress;
    progress.begun = progress.begun.saturating_add(1);
    if strategy.spec.dry_run {
        let amount = booking.amount;
        finish_if_spent_up(strategy, compiled, now);
        return Ok(vec![Command::Simulate { amount }]);
    }
    progress.spent = progress.spent.saturating_add(booking.amount);
    let spent_before = today(progress, booking.day);
    progress.today = Some(Day {
        began_at: booking.day,
        spent: spent_before.saturating_add(booking.amount),
    });
    if compiled.max_runs.is_some() {
        finish_if_spent_up(strategy, compiled, now);
    }
    Ok(vec![Command::Pay { booking }])
}

/// What the day has spent so far.
fn today(progress: &Progress, day: Timestamp) -> BaseUnits {
    let same = progress.today.filter(|today| today.began_at == day);
    same.map_or(BaseUnits::ZERO, |today| today.spent)
}

/// Whether the limits have room, and on which day it is counted: never on one before the last.
fn book(progress: &Progress, compiled: &Compiled, planned_at: Timestamp) -> Result<Booking, Skip> {
    let amount = compiled.amount;
    let day = compiled.calendar.day(planned_at);
    let day = progress.today.map_or(day, |today| today.began_at.max(day));
    let fits = |most: Option<BaseUnits>, spent: BaseUnits| {
        let sum = spent.checked_add(amount);
        most.is_none_or(|most| sum.is_some_and(|sum| sum <= most))
    };
    if compiled.max_runs.is_some_and(|most| progress.begun >= most) {
        return Err(Skip::MaxRuns);
    }
    if !fits(compiled.max_per_run, BaseUnits::ZERO) {
        return Err(Skip::MaxPerRun);
    }
    if !fits(compiled.max_per_day, today(progress, day)) {
        return Err(Skip::MaxPerDay);
    }
    if !fits(compiled.max_total, progress.spent) {
        return Err(Skip::MaxTotal);
    }
    Ok(Booking {
        amount,
        day,
        edition: progress.edition,
    })
}

fn finish_if_spent_up(strategy: &mut Strategy, compiled: &Compiled, now: Timestamp) {
    let active = matches!(strategy.state, State::Active { .. });
    let runs_up = compiled
        .max_runs
        .is_some_and(|most| strategy.progress.begun >= most);
    if active && runs_up {
        strategy.state = State::Finished {
            why: Finish::MaxRuns,
            at: now,
        };
    }
}
