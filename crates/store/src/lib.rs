#![doc = include_str!("../README.md")]

mod migrations;
mod schema;
mod sqlite;

pub use sqlite::{SqliteError, SqliteOptions, SqliteStore};
