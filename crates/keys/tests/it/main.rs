//! The local root keeps the contract, and its secrets.

mod contract;
mod golden;
mod leak;
mod memory;
mod place;
