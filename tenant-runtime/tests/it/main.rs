//! The MCP surface over a real socket, in front of a control plane that does what a test says.

#![expect(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::panic,
    reason = "here a panic is a failed test"
)]

mod bad_input;
mod balance;
mod door;
mod house;
mod list;
mod observe;
mod protocol;
mod sdk;
mod secret;
mod serve;
mod tool;
mod wire;
