//! The machine's clock.

use vaultpilot_core::{Clock, Timestamp};

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is where the time is handed in"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
