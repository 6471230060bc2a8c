//! Both sides of a house keep the contract, and its secrets.

mod contract;
mod core_dump;
mod external;
mod golden;
mod keyring;
mod leak;
mod memory;
mod place;
mod scan;
