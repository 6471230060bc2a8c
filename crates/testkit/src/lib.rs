#![doc = include_str!("../README.md")]
#![expect(clippy::missing_panics_doc, reason = "here a panic is a failed test")]

pub mod chain;
pub mod clock;
pub mod contract;
pub mod entropy;
pub mod fixture;
pub mod keys;
pub mod kms;
mod leash;
pub mod notify;
pub mod openbao;
pub mod postgres;
pub mod store;

pub use chain::FakeChain;
pub use clock::MockClock;
pub use entropy::SeededEntropy;
pub use keys::FakeKeys;
pub use kms::{KmsFault, KmsServer};
pub use notify::RecordingNotifier;
pub use openbao::OpenBaoServer;
pub use postgres::PostgresServer;
pub use store::FakeStore;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A panicking test must not turn every other lock into a second panic.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
