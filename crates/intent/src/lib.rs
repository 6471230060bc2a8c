#![doc = include_str!("../README.md")]
#![deny(
    clippy::float_arithmetic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

pub mod answer;
mod digest;
mod intent;
mod state;
mod step;
mod tx;

pub use answer::Answer;
pub use digest::Digest;
pub use intent::Intent;
pub use state::{IntentState, Refusal, StateName};
pub use step::{Command, Event, StepError, step};
pub use tx::{Fees, Receipt, SignedTx, UnsignedTx};

#[cfg(test)]
mod tests;
