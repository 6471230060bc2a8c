//! What every implementation of a port must do.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a contract is a test")]

pub mod keys;
pub mod root;
pub mod store;
