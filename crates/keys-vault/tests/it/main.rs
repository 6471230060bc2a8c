//! Against a real OpenBao, and against servers and lines that misbehave.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "fixtures of tests may unwrap, and fail"
)]

mod contract;
mod ground;
mod key;
mod kubernetes;
mod login;
mod policy;
mod proxy;
mod rogue;
mod session;
mod tls;
mod weather;
