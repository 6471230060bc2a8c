#![doc = include_str!("../README.md")]

mod amount;
pub mod database;
pub mod fernet;
mod label;
mod moment;
pub mod policy;
mod problem;
pub mod store;
mod strategy;
mod wallet;

pub use label::label_of;
pub use problem::Problem;
pub use strategy::Strategy;
pub use wallet::Wallet;

/// The most wallets or strategies that one file may hold.
pub const MAX_RECORDS: usize = 10_000;

/// One record of a store: its name there, and what it says or why that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T> {
    pub name: String,
    pub record: Result<T, Problem>,
}
