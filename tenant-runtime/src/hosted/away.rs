//! Whether asking the control plane is worth the wait: just after it did not answer, it is not.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use vaultpilot_ports::Fault;
use vaultpilot_proto::fault::CONTROL_PLANE_UNAVAILABLE;

/// So long after a failure, reads are answered from memory without asking first.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Default)]
pub(super) struct Away(Mutex<Option<Instant>>);

impl Away {
    pub(super) fn is_recent(&self) -> bool {
        let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| since.elapsed() < PATIENCE)
    }

    /// Hears how a question went, and tells whether nobody was there to answer it.
    pub(super) fn heard<T>(&self, answer: &Result<T, Fault>) -> bool {
        let away = matches!(answer, Err(fault) if fault.code() == CONTROL_PLANE_UNAVAILABLE);
        let mut since = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *since = away.then(Instant::now);
        away
    }
}

/// What is answered when there is nobody to ask and nothing that may be told.
pub(super) fn fault() -> Fault {
    Fault::unavailable(
        CONTROL_PLANE_UNAVAILABLE,
        "the control plane cannot be reached; try again in a moment",
    )
}
