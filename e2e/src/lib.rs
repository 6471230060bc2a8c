#![doc = include_str!("../README.md")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::disallowed_methods,
    reason = "a harness of tests fails loudly"
)]

pub mod agent;
pub mod bench;
pub mod chain;
pub mod cluster;
pub mod contract;
pub mod house;
pub mod parts;

pub use agent::Agent;
pub use chain::Chain;
pub use cluster::Cluster;
pub use house::{House, HouseOptions};
