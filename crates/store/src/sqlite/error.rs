//! What goes wrong below the port, and what the port calls it.

use std::time::Duration;

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use vaultpilot_ports::store::StoreError;

use crate::migrations::Refusal;

/// The source of a [`StoreError::Unavailable`].
#[derive(Debug, thiserror::Error)]
pub enum SqliteError {
    #[error("database is in use by {}", holder(*pid))]
    InUse { pid: Option<u32> },
    #[error("database was changed by a newer program (schema {version})")]
    Newer { version: String },
    #[error("database file system offers no write-ahead log")]
    NoWriteAheadLog,
    #[error("database path is not unicode")]
    PathNotUnicode,
    #[error("database file is not accessible")]
    File(#[source] std::io::Error),
    #[error("database cannot be opened")]
    Connect(#[source] diesel::ConnectionError),
    #[error("database schema cannot be changed")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("database did not come free within {0:?}")]
    Waited(Duration),
    #[error("database thread has ended")]
    ThreadEnded,
    /// A call was cancelled half-way, or an earlier one failed: only dropping is safe.
    #[error("unit of work was interrupted")]
    Interrupted,
    #[error("database query failed")]
    Query(#[source] DieselError),
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(
        || "another process".to_owned(),
        |pid| format!("process {pid}"),
    )
}

impl From<SqliteError> for StoreError {
    fn from(error: SqliteError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<Refusal> for SqliteError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Newer { version } => Self::Newer { version },
            Refusal::Failed(error) => Self::Migration(error),
        }
    }
}

/// Maps the failure of a read.
pub(super) fn reading(error: DieselError) -> StoreError {
    SqliteError::Query(error).into()
}

/// Maps the failure of a write of `what`. A taken key and a missing parent are somebody else's
/// doing; a broken check is a row no code of ours may write.
pub(super) fn writing(what: &'static str) -> impl FnOnce(DieselError) -> StoreError {
    move |error| match error {
        DieselError::DatabaseError(
            DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::ForeignKeyViolation,
            _,
        ) => StoreError::Conflict { what },
        DieselError::DatabaseError(
            DatabaseErrorKind::CheckViolation | DatabaseErrorKind::NotNullViolation,
            detail,
        ) => StoreError::Inconsistent {
            table: what,
            column: "constraint",
            row: detail.message().to_owned(),
        },
        error => reading(error),
    }
}
