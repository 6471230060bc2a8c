//! The clients against a real server, over TLS with an authority made for the test.

#![expect(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    reason = "here a panic is a failed test"
)]

mod authority;
mod call;
mod context;
// What a control plane answers is scripted once, for the runtime's tests and for these.
#[path = "../../../tenant-runtime/tests/it/house.rs"]
#[expect(dead_code, reason = "the runtime's tests use more of it")]
mod house;
mod outage;
mod plane;
mod server;
mod snapshot;
mod tls;
mod token;
mod wire;
