//! How often a caller may read from memory. The rates of policies are counted by the control plane;
//! this stands in for all of them, and is low.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use vaultpilot_core::{Caller, KeyId};

const WINDOW: Duration = Duration::from_mins(1);
const MOST: u32 = 30;

#[derive(Default)]
pub(super) struct Pace(Mutex<HashMap<KeyId, Window>>);

struct Window {
    began: Instant,
    calls: u32,
}

impl Pace {
    /// Counts the call, and tells whether it is one too many.
    pub(super) fn admits(&self, caller: &Caller) -> bool {
        // Who has no key does not come by this door.
        let Some(key) = caller.key() else {
            return false;
        };
        let now = Instant::now();
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        windows.retain(|_, window| now.duration_since(window.began) < WINDOW);
        let window = windows.entry(key).or_insert(Window {
            began: now,
            calls: 0,
        });
        window.calls = window.calls.saturating_add(1);
        window.calls <= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Pace, WINDOW};
    use vaultpilot_testkit::fixture;

    #[tokio::test(start_paused = true)]
    async fn so_many_calls_a_minute_and_no_more() {
        let (one, other) = (
            fixture::agent("bot").build(),
            fixture::agent("other").build(),
        );
        let pace = Pace::default();
        for _ in 0..MOST {
            assert!(pace.admits(&one));
        }
        assert!(!pace.admits(&one));
        assert!(pace.admits(&other));
        tokio::time::advance(WINDOW).await;
        assert!(pace.admits(&one));
    }
}
