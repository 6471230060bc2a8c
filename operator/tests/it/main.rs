//! What the operator builds, and what it does to a cluster.

#![expect(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::panic,
    clippy::needless_pass_by_value,
    reason = "here a panic is a failed test, and values are written where they are used"
)]

mod bootstrap;
mod deletion;
mod fixture;
mod golden;
mod house;
mod isolation;
mod reach;
mod reference;
mod release;
mod restricted;
mod tenant;
mod verify;
