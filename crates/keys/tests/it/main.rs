//! The local root keeps the contract, and its secrets.

mod contract;
mod golden;
mod leak;
mod memory;
mod place;

// The type itself, which the crate rightly shows to nobody.
#[path = "../../src/secret.rs"]
mod secret;
