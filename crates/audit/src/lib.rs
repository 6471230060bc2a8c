#![doc = include_str!("../README.md")]
#![deny(
    clippy::float_arithmetic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

mod entry;
mod merkle;
mod verify;

pub use entry::{Action, Actor, Draft, Entry, EntryHash, Head, Outcome, chain};
pub use merkle::{Root, Tree};
pub use verify::{Broken, Verifier, verify};

#[cfg(test)]
mod tests;
