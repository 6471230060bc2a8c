//! The local root keeps the contract, and its secrets.

mod contract;
mod leak;
mod memory;
mod place;
