//! Against a real server that speaks KMS, and against one that misbehaves.
#![expect(clippy::unwrap_used, reason = "fixtures of tests may unwrap")]

mod adopt;
mod ground;
mod policy;
mod root;
mod sign;
mod silence;
mod trouble;
