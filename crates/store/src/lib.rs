#![doc = include_str!("../README.md")]

mod cell;
mod migrations;
mod postgres;
mod row;
mod schema;
mod scope;
mod snapshot;
mod sqlite;

pub use postgres::{
    AppRole, PostgresError, PostgresOptions, PostgresSnapshot, PostgresStore, Restoring,
    SnapshotRows, SslMode,
};
pub use snapshot::{
    RestoreNote, Restored, Snapshot, SnapshotReference, SnapshotTable, SnapshotTenant,
};
pub use sqlite::{SqliteError, SqliteOptions, SqliteStore};
