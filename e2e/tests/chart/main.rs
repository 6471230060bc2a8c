//! The charts, held against what they promise, without a cluster: `helm` renders, and what it
//! rendered is read. What a cluster makes of it is seen in the cluster tests.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod admission;
mod golden;
mod helm;
mod image;
mod job;
mod metric;
mod network;
mod object;
mod pod;
mod rbac;
mod reference;
mod restricted;
mod secret;
mod upgrade;
mod value;
