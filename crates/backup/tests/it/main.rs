//! Backups as they are made, opened, broken and forged.
#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod forged;
mod ground;
mod roundtrip;
mod row;
mod tamper;
