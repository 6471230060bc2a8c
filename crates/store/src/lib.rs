#![doc = include_str!("../README.md")]

mod cell;
mod migrations;
mod postgres;
mod row;
mod schema;
mod scope;
mod sqlite;

pub use postgres::{AppRole, PostgresError, PostgresOptions, PostgresStore, SslMode};
pub use sqlite::{SqliteError, SqliteOptions, SqliteStore};
