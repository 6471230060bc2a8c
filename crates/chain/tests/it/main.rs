//! Against a real node, and against nodes that misbehave.
#![expect(clippy::unwrap_used, reason = "fixtures of tests may unwrap")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests find their node by the environment, and rogue endpoints end with the runtime"
)]

mod broadcast;
mod devnet;
mod failover;
mod faucet;
mod fixture;
mod read;
mod rogue;
mod simulate;
