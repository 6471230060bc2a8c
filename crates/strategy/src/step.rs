//! How a strategy moves. Whatever is not written here does not happen.

mod begin;
mod end;
mod look;
mod wish;

use vaultpilot_core::{BaseUnits, Duration, Timestamp};

use crate::{Booking, Compiled, End, Finish, Progress, Skip, Spec, State, StateName, Strategy};
use begin::begun;
use end::ended;
use look::looked;
use wish::{detached, edited, resumed, suspended};

/// How late a tick may be found and still be on time.
pub const ON_TIME: Duration = Duration::from_mins(5);

/// How long after its tick a run may wait for a gate or for somebody to carry it out.
pub const PATIENCE: Duration = Duration::from_hours(1);

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Somebody looked at the clock; `busy` when the run before waits for a person or a signature.
    Looked { busy: bool },
    /// The run of this tick is about to ask for its payment.
    Begun { planned_at: Timestamp },
    /// A run ended; `booked` is what was booked when it began.
    Ended { booked: Option<Booking>, end: End },
    /// Somebody wants it to rest.
    Suspended { reason: String },
    /// Somebody wants it to go on.
    Resumed,
    /// Somebody wants something else of it.
    Edited { spec: Box<Spec>, decimals: u8 },
    /// Somebody wants it gone.
    Detached,
    /// No run is open any more.
    Cleared,
}

/// What the driver must do in the same unit of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Open a run for this tick; what an older one still waits for is over.
    Open { planned_at: Timestamp },
    /// Write down that this tick has no run, and why.
    Skip { planned_at: Timestamp, why: Skip },
    /// Ask for the payment.
    Pay { booking: Booking },
    /// Simulate the payment.
    Simulate { amount: BaseUnits },
    /// End the run that wanted to begin: nothing is asked for.
    Drop { why: Skip },
    /// End runs that asked for nothing; withdraw payments that are not signed.
    CancelOpen,
}

/// An event that makes no sense in this state. Nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    #[error("a {} strategy cannot take this event", state.as_str())]
    State { state: StateName },
    #[error("the type of a strategy never changes")]
    Kind,
}

/// Takes the strategy one step. The only way any strategy changes. `compiled` is its spec, read; for
/// an edit, the new one.
///
/// # Errors
/// When the event does not belong to the state.
pub fn step(
    strategy: Strategy,
    compiled: &Compiled,
    event: Event,
    now: Timestamp,
) -> Result<(Strategy, Vec<Command>), StepError> {
    let before = strategy.clone();
    let mut next = strategy;
    let commands = match event {
        Event::Looked { busy } => looked(&mut next, compiled, busy, now),
        Event::Begun { planned_at } => begun(&mut next, compiled, planned_at, now)?,
        Event::Ended { booked, end } => {
            ended(&mut next, compiled, booked, &end, now);
            Vec::new()
        }
        Event::Suspended { reason } => {
            suspended(&mut next, reason, now)?;
            Vec::new()
        }
        Event::Resumed => {
            resumed(&mut next, compiled, now)?;
            Vec::new()
        }
        Event::Edited { spec, decimals } => {
            edited(&mut next, compiled, *spec, decimals, now)?;
            Vec::new()
        }
        Event::Detached => detached(&mut next, now),
        Event::Cleared => {
            if matches!(next.state, State::Detaching { .. }) {
                next.state = State::Detached { at: now };
            }
            Vec::new()
        }
    };
    if next != before {
        next.revision = next.revision.saturating_add(1);
    }
    Ok((next, commands))
}

/// Active until the first tick that is neither past nor was looked at, or finished.
fn await_tick(strategy: &mut Strategy, compiled: &Compiled, now: Timestamp) {
    let from = strategy
        .progress
        .last_tick_at
        .map_or(now, |last| last.max(now));
    let over = |why| State::Finished { why, at: now };
    strategy.state = match spent_up(&strategy.progress, compiled) {
        Some(why) => over(why),
        None => match compiled.calendar.after(strategy.id, from) {
            Some(next) => State::Active { next },
            None => over(Finish::ScheduleEnded),
        },
    };
}

/// Why no run can be begun any more, if none can.
fn spent_up(progress: &Progress, compiled: &Compiled) -> Option<Finish> {
    if compiled.max_runs.is_some_and(|most| progress.begun >= most) {
        return Some(Finish::MaxRuns);
    }
    let total = progress.spent.checked_add(compiled.amount);
    let fits = |most| total.is_some_and(|total| total <= most);
    compiled
        .max_total
        .is_some_and(|most| !fits(most))
        .then_some(Finish::MaxTotal)
}

const fn wrong(strategy: &Strategy) -> StepError {
    StepError::State {
        state: strategy.state.name(),
    }
}
