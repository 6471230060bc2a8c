//! The SQLite store: the port's contract, and what only a file can get wrong.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod contract;
mod durability;
mod file;
mod ground;
mod limit;
mod schema;
mod speed;
mod tamper;
mod unit;
