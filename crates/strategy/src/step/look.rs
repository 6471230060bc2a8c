//! Looking at the clock.

use vaultpilot_core::{Timestamp, clock};

use super::{Command, ON_TIME, await_tick};
use crate::{CatchUp, Compiled, Skip, Strategy};

/// One tick at most, however many were missed: the stored one stands for all.
pub(super) fn looked(
    strategy: &mut Strategy,
    compiled: &Compiled,
    busy: bool,
    now: Timestamp,
) -> Vec<Command> {
    let Some(tick) = strategy.state.next().filter(|tick| tick.due_at <= now) else {
        return Vec::new();
    };
    let planned_at = tick.planned_at;
    let missed = clock::after(tick.due_at, ON_TIME) < now;
    let makes_up = strategy.spec.schedule.catch_up == CatchUp::RunOnce;
    let command = if missed && !makes_up {
        let why = Skip::Missed;
        Command::Skip { planned_at, why }
    } else if busy {
        let why = Skip::Overlap;
        Command::Skip { planned_at, why }
    } else {
        Command::Open { planned_at }
    };
    if matches!(command, Command::Skip { .. }) {
        strategy.progress.skipped = strategy.progress.skipped.saturating_add(1);
    }
    strategy.progress.last_tick_at = Some(planned_at);
    await_tick(strategy, compiled, now);
    vec![command]
}
