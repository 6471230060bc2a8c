//! Against a real server that speaks KMS, and against one that misbehaves.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "fixtures of tests may fail loudly"
)]

mod adopt;
mod ground;
mod policy;
mod root;
mod sign;
mod silence;
mod trouble;
