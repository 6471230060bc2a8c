//! How fast signatures are asked for.
//!
//! Slots are given out at a constant rate (the generic cell rate algorithm): whoever comes takes the
//! next one and waits for it. When KMS says that it is too fast all the same, because others use the
//! same account, nobody is let through for a moment, which doubles while it goes on saying so.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until, timeout_at};
use vaultpilot_ports::keys::KeyError;

use crate::KmsOptions;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// After a rest a tenth of a second's slots may be taken at once.
const BURST: u32 = 10;

pub(crate) struct Pace {
    /// From one slot to the next.
    interval: Duration,
    /// How far ahead of its time a slot may be taken.
    ahead: Duration,
    patience: Duration,
    under_way: Semaphore,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When the next slot is due.
    due: Instant,
    /// Nobody goes before.
    paused_until: Instant,
    pause: Duration,
}

/// The right to ask once. Whoever drops it makes room for the next.
pub(crate) struct Turn<'a> {
    pace: &'a Pace,
    _permit: SemaphorePermit<'a>,
}

impl Pace {
    pub(crate) fn new(options: &KmsOptions) -> Self {
        let rate = options.signatures_per_second.get();
        let interval = Duration::from_secs(1) / rate;
        let at_once = usize::try_from(options.signatures_at_once.get()).unwrap_or(usize::MAX);
        let now = Instant::now();
        Self {
            interval,
            ahead: interval * (rate / BURST).saturating_sub(1),
            patience: options.timeout,
            under_way: Semaphore::new(at_once.min(Semaphore::MAX_PERMITS)),
            state: Mutex::new(State {
                due: now,
                paused_until: now,
                pause: Duration::ZERO,
            }),
        }
    }

    /// Until when somebody who comes now is willing to wait.
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.patience
    }

    /// Waits until one may ask.
    ///
    /// # Errors
    /// `Throttled` when that would be after the deadline; at once when that is known at once.
    pub(crate) async fn turn(&self, deadline: Instant) -> Result<Turn<'_>, KeyError> {
        let permit = timeout_at(deadline, self.under_way.acquire())
            .await
            .ok()
            .and_then(Result::ok)
            .ok_or(KeyError::Throttled)?;
        loop {
            sleep_until(self.slot(deadline)?).await;
            // A pause that began meanwhile holds for who was waiting as well, and afterwards they go
            // one by one again.
            if self.state().paused_until <= Instant::now() {
                return Ok(Turn {
                    pace: self,
                    _permit: permit,
                });
            }
        }
    }

    /// Takes the next slot.
    fn slot(&self, deadline: Instant) -> Result<Instant, KeyError> {
        let now = Instant::now();
        let mut state = self.state();
        let earliest = state.due.checked_sub(self.ahead).unwrap_or(now);
        let slot = earliest.max(now).max(state.paused_until);
        if slot > deadline {
            return Err(KeyError::Throttled);
        }
        state.due = state.due.max(slot) + self.interval;
        Ok(slot)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// KMS was asked too often.
    pub(crate) fn throttled(self) {
        let now = Instant::now();
        let mut state = self.pace.state();
        // Of many that were refused together the first one counts.
        if state.paused_until <= now {
            state.pause = (state.pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
            state.paused_until = now + state.pause;
        }
    }

    pub(crate) fn served(self) {
        self.pace.state().pause = Duration::ZERO;
    }
}

#[cfg(test)]
mod tests;
