//! The MCP surface over a real socket, in front of a control plane that does what a test says.

#![expect(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::panic,
    reason = "here a panic is a failed test"
)]

// The control plane that the clients of the wire contract are tested against.
#[path = "../../../proto/tests/it/authority.rs"]
mod authority;
#[path = "../../../proto/tests/it/plane.rs"]
mod plane;
#[path = "../../../proto/tests/it/server.rs"]
#[expect(dead_code, reason = "the contract's own tests use more of it")]
mod server;

mod bad_input;
mod balance;
mod door;
mod hosted;
mod house;
mod list;
mod observe;
mod protocol;
mod sdk;
mod secret;
mod serve;
mod tool;
mod wire;
