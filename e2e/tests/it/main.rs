//! The whole house from outside. One binary, real parts.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail loudly")]

mod approval;
mod backup;
mod bad_input;
mod canary;
mod command_line;
mod conformance;
mod custody;
mod import;
mod kill;
mod kms;
mod payment;
mod sdk;
mod start;
mod wire;
mod world;
