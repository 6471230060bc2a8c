//! Time that stands still until a test moves it.

use std::sync::{Arc, Mutex};

use vaultpilot_core::{Clock, Duration, Timestamp, clock};

use crate::lock;

/// Clones share one time.
#[derive(Debug, Clone)]
pub struct MockClock(Arc<Mutex<Timestamp>>);

impl MockClock {
    /// 2026-01-01T00:00:00Z.
    pub fn new() -> Self {
        Self::at(Timestamp::from_second(1_767_225_600).unwrap_or_default())
    }

    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    pub fn set(&self, now: Timestamp) {
        *lock(&self.0) = now;
    }

    /// Moves the time on and says what it is then.
    pub fn advance(&self, by: Duration) -> Timestamp {
        let mut now = lock(&self.0);
        *now = clock::after(*now, by);
        *now
    }
}

impl Default for MockClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for MockClock {
    fn now(&self) -> Timestamp {
        *lock(&self.0)
    }
}
