//! How well an endpoint does. Pure: the time is handed in.

use std::time::Duration;

use tokio::time::Instant;

/// What an endpoint that was never asked is taken for.
const PRESUMED: Duration = Duration::from_millis(50);
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Default)]
pub(crate) struct Health {
    /// Moving average; a new measurement counts for one eighth.
    latency: Option<Duration>,
    /// In a row.
    failures: u32,
    rests_until: Option<Instant>,
    last_error: Option<String>,
}

/// Order of preference: the smallest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    resting: bool,
    failures: u32,
    cost: u128,
}

impl Health {
    pub(crate) fn succeeded(&mut self, took: Duration) {
        let average = self.latency.map_or(took, |old| (old * 7 + took) / 8);
        *self = Self {
            latency: Some(average),
            ..Self::default()
        };
    }

    /// Each failure in a row doubles the pause.
    pub(crate) fn failed(&mut self, now: Instant, error: String) {
        let doublings = self.failures.min(16);
        let pause = FIRST_PAUSE
            .saturating_mul(1 << doublings)
            .min(LONGEST_PAUSE);
        self.failures = self.failures.saturating_add(1);
        self.rests_until = Some(now + pause);
        self.last_error = Some(error);
    }

    pub(crate) fn rank(&self, now: Instant, weight: u32) -> Rank {
        let latency = self.latency.unwrap_or(PRESUMED);
        Rank {
            resting: self.rests_until.is_some_and(|until| now < until),
            failures: self.failures,
            cost: latency.as_nanos() / u128::from(weight.max(1)),
        }
    }
}

#[cfg(test)]
mod tests;
