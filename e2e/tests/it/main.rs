//! The whole house from outside. One binary, real parts.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail loudly")]

mod approval;
mod bad_input;
mod command_line;
mod conformance;
mod kill;
mod payment;
mod sdk;
mod start;
mod wire;
mod world;
