//! The only place that begins, commits and rolls back.

use diesel::connection::SimpleConnection as _;
use diesel::sqlite::SqliteConnection;
use vaultpilot_ports::store::StoreError;

use super::connection::Access;
use super::error::{reading, writing};

/// A write transaction takes the write lock at once: one that begins as a reader and then writes
/// fails when somebody else has written meanwhile. A read transaction fixes its view at once.
pub(super) fn begin(conn: &mut SqliteConnection, access: Access) -> Result<(), StoreError> {
    let statement = match access {
        Access::Write => "BEGIN IMMEDIATE",
        Access::Read => "BEGIN DEFERRED; PRAGMA user_version;",
    };
    conn.batch_execute(statement).map_err(reading)
}

pub(super) fn ping(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    conn.batch_execute("SELECT 1").map_err(reading)
}

/// Commits, or leaves nothing behind.
pub(super) fn commit(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let committed = conn
        .batch_execute("COMMIT")
        .map_err(writing("referenced row"));
    if committed.is_err() {
        rollback(conn);
    }
    committed
}

/// Ends the transaction, if there is one: SQLite has ended it itself after some errors.
pub(super) fn rollback(conn: &mut SqliteConnection) {
    if let Err(error) = conn.batch_execute("ROLLBACK") {
        tracing::debug!(%error, "there was no transaction to roll back");
    }
}

/// A whole write transaction in one task.
pub(super) fn immediate<R>(
    conn: &mut SqliteConnection,
    task: impl FnOnce(&mut SqliteConnection) -> Result<R, StoreError>,
) -> Result<R, StoreError> {
    begin(conn, Access::Write)?;
    let result = task(conn);
    match result {
        Ok(value) => commit(conn).map(|()| value),
        Err(error) => {
            rollback(conn);
            Err(error)
        }
    }
}

/// Several statements of one transaction that happen together or not at all, so that the
/// transaction can go on after a conflict.
pub(super) fn together<R>(
    conn: &mut SqliteConnection,
    task: impl FnOnce(&mut SqliteConnection) -> Result<R, StoreError>,
) -> Result<R, StoreError> {
    conn.batch_execute("SAVEPOINT together").map_err(reading)?;
    let result = task(conn);
    let end = if result.is_ok() {
        "RELEASE together"
    } else {
        "ROLLBACK TO together; RELEASE together"
    };
    let ended = conn.batch_execute(end).map_err(reading);
    match result {
        // An error that ended the whole transaction has taken the savepoint with it.
        Err(error) => Err(error),
        Ok(value) => ended.map(|()| value),
    }
}
