//! One binary: transcripts people can read, and properties over random lives of strategies.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "here a panic is a failed test"
)]

mod calendar;
mod life;
mod script;
mod transcript;
