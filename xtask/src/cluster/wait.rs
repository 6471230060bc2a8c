//! Waiting for something outside to come about.

use super::fault::Fault;
use super::place::Place;
use crate::error::Error;
use std::time::{Duration, Instant};

/// Asks again and again until the answer is yes.
pub(super) fn until(
    what: &'static str,
    seconds: u64,
    place: &Place,
    mut ask: impl FnMut() -> Result<bool, Error>,
) -> Result<(), Error> {
    let start = now();
    while !ask()? {
        if start.elapsed() > Duration::from_secs(seconds) {
            return Err(Fault::Late {
                what,
                seconds,
                logs: place.logs(),
            }
            .into());
        }
        pause(Duration::from_millis(50));
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a tool that waits for other processes has no clock to be handed"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}

#[expect(
    clippy::disallowed_methods,
    reason = "there is no async runtime here whose worker it could block"
)]
pub(super) fn pause(time: Duration) {
    std::thread::sleep(time);
}
