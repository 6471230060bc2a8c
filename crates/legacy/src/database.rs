//! `vaultpilot.db`, the predecessor's later store.
//!
//! It is opened read-only and immutable: SQLite takes no lock, writes no journal and believes nothing
//! that lies beside the file. Who wrote it may be hostile: views and triggers are not followed, values
//! are bounded, and a budget of steps ends what would not end.

mod cell;
mod open;
mod table;

use std::path::Path;

use rusqlite::Connection;

use crate::{Found, Strategy, Wallet};

/// Why nothing of a database can be read.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error("database file cannot be read")]
    Read(#[source] std::io::Error),
    #[error("database is not a file")]
    NotAFile,
    #[error("database is longer than {MAX_DATABASE} bytes")]
    TooLong,
    /// What was written last is not in the file yet.
    #[error("database is in use, or was not closed: {beside} lies beside it")]
    InUse { beside: String },
    #[error("file is not a database of the predecessor: there is no table {table}")]
    NoTable { table: &'static str },
    #[error("database has more than {} {table}", crate::MAX_RECORDS)]
    TooMany { table: &'static str },
    #[error("database holds records of several tenants: {}", tenants.join(", "))]
    SeveralTenants { tenants: Vec<String> },
    #[error("database holds nothing of tenant {tenant}")]
    NoTenant { tenant: String },
    /// Damaged, cut off, no SQLite at all, or made to be read for ever.
    #[error("database cannot be read")]
    Sqlite(#[from] rusqlite::Error),
}

/// The longest database that is opened.
pub const MAX_DATABASE: u64 = 4 << 30;

impl DatabaseError {
    /// The stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Read(_) => "database_unreadable",
            Self::NotAFile => "database_not_a_file",
            Self::TooLong => "database_too_long",
            Self::InUse { .. } => "database_in_use",
            Self::NoTable { .. } => "database_of_something_else",
            Self::TooMany { .. } => "database_too_many_records",
            Self::SeveralTenants { .. } => "database_several_tenants",
            Self::NoTenant { .. } => "database_no_such_tenant",
            Self::Sqlite(_) => "database_damaged",
        }
    }
}

/// What was found for one tenant.
#[derive(Debug)]
pub struct Contents {
    pub wallets: Vec<Found<Wallet>>,
    pub strategies: Vec<Found<Strategy>>,
    /// How many events stay behind. They may hold keys in the clear.
    pub events: u64,
}

/// Reads what belongs to a tenant; to the only one there is, if none is named.
///
/// # Errors
/// Why nothing can be read. A record that cannot is told in its place.
pub fn read(path: &Path, tenant: Option<&str>) -> Result<Contents, DatabaseError> {
    let connection = open::open(path)?;
    let tenant = chosen(&connection, tenant)?;
    let tenant = tenant.as_deref();
    Ok(Contents {
        wallets: table::wallets(&connection, tenant)?,
        strategies: table::strategies(&connection, tenant)?,
        events: table::events(&connection, tenant)?,
    })
}

/// Several tenants must be told apart: their names here would be one tenant's.
fn chosen(connection: &Connection, wish: Option<&str>) -> Result<Option<String>, DatabaseError> {
    let tenants = table::tenants(connection)?;
    match wish {
        Some(wish) if tenants.iter().any(|tenant| tenant == wish) => Ok(Some(wish.to_owned())),
        Some(wish) => Err(DatabaseError::NoTenant {
            tenant: wish.to_owned(),
        }),
        None if tenants.len() > 1 => Err(DatabaseError::SeveralTenants { tenants }),
        None => Ok(tenants.into_iter().next()),
    }
}

#[cfg(test)]
mod tests;
