//! What goes wrong below the port, and what the port calls it.

use std::path::PathBuf;
use std::time::Duration;

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use vaultpilot_ports::store::StoreError;

use crate::migrations::Refusal;

/// The source of a [`StoreError::Unavailable`].
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    #[error("database address is not a postgres:// URL")]
    Url(#[source] Option<tokio_postgres::Error>),
    #[error("option {name} is not read from the database URL: it has a setting of its own")]
    UrlOption { name: &'static str },
    #[error("sslmode {given} is not one of disable, require and verify-full")]
    SslMode { given: String },
    #[error("sslmode verify-full needs the file of the authority that signed the server")]
    NoRootCa,
    #[error("certificate file {} cannot be used", path.display())]
    RootCa {
        path: PathBuf,
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    #[error("certificate file {} holds no certificate", path.display())]
    NoCertificate { path: PathBuf },
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
    #[error("database cannot be reached")]
    Connect(#[source] tokio_postgres::Error),
    #[error("database connection cannot be set up")]
    Setup(#[source] diesel::ConnectionError),
    #[error("database connection pool cannot be built")]
    Pool(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("database was changed by a newer program (schema {version})")]
    Newer { version: String },
    #[error("database schema cannot be changed")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("name {name:?} is not one of a role: lower-case letters, digits and _")]
    RoleName { name: String },
    #[error("role {name} is the one that owns the tables: the application needs another")]
    RoleIsOwner { name: String },
    #[error("database is not empty: table {table} has rows")]
    NotEmpty { table: String },
    #[error("schema has no table {table}")]
    NoTable { table: String },
    #[error("database did not come free within {0:?}")]
    Waited(Duration),
    /// A call was cancelled half-way, or an earlier one failed: only dropping is safe.
    #[error("unit of work was interrupted")]
    Interrupted,
    /// The connection broke while the database committed, and it cannot be asked what came of it.
    #[error("it is not known whether the unit of work was committed")]
    CommitUnknown(#[source] DieselError),
    #[error("database query failed")]
    Query(#[source] DieselError),
}

impl From<PostgresError> for StoreError {
    fn from(error: PostgresError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl From<Refusal> for PostgresError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Newer { version } => Self::Newer { version },
            Refusal::Failed(error) => Self::Migration(error),
        }
    }
}

/// Maps the failure of a read.
pub(super) fn reading(error: DieselError) -> StoreError {
    PostgresError::Query(error).into()
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

/// Whether the connection itself broke, so that the database's answer is not known.
pub(super) fn is_lost(error: &DieselError) -> bool {
    matches!(
        error,
        DieselError::DatabaseError(
            DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection,
            _
        )
    )
}
