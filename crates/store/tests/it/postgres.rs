//! The Postgres store, on a real server.

mod contract;
mod ground;
