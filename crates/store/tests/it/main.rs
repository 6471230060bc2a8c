//! The stores: the contract of the port, and what only a file or only a server can get wrong.

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
mod postgres;
mod schema;
mod snapshot;
mod speed;
mod tamper;
mod unit;
mod upgrade;
