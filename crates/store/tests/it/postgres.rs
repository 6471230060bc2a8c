//! The Postgres store, on a real server.

mod border;
mod contract;
mod furnish;
mod ground;
mod hint;
mod key;
mod loss;
mod proxy;
mod race;
mod row;
mod schema;
mod snapshot;
mod tls;
mod unit;
mod upgrade;
