//! Opening a connection the one way we open them.

use std::fs::{OpenOptions, Permissions};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::SqliteError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

// Memory-mapped reading stays off: an unreadable page would be a signal instead of an error.
const EVERY: &str = "
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA recursive_triggers = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA mmap_size = 0;
    PRAGMA cache_size = -16000;
    PRAGMA journal_size_limit = 67108864;
";

#[derive(QueryableByName)]
struct JournalMode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

pub(super) fn establish(
    path: &Path,
    access: Access,
    busy_timeout: Duration,
) -> Result<SqliteConnection, SqliteError> {
    let url = path.to_str().ok_or(SqliteError::PathNotUnicode)?;
    let mut conn = SqliteConnection::establish(url).map_err(SqliteError::Connect)?;
    let busy = format!("PRAGMA busy_timeout = {};", busy_timeout.as_millis());
    conn.batch_execute(&busy).map_err(SqliteError::Query)?;
    let mode: JournalMode = diesel::sql_query("PRAGMA journal_mode = WAL")
        .get_result(&mut conn)
        .map_err(SqliteError::Query)?;
    if mode.journal_mode != "wal" {
        return Err(SqliteError::NoWriteAheadLog);
    }
    conn.batch_execute(EVERY).map_err(SqliteError::Query)?;
    if access == Access::Read {
        conn.batch_execute("PRAGMA query_only = ON;")
            .map_err(SqliteError::Query)?;
    }
    Ok(conn)
}

/// A file that nobody else works with, as it lies there: no log is made beside it.
pub(super) fn establish_plain(path: &Path) -> Result<SqliteConnection, SqliteError> {
    let url = path.to_str().ok_or(SqliteError::PathNotUnicode)?;
    let mut conn = SqliteConnection::establish(url).map_err(SqliteError::Connect)?;
    conn.batch_execute(EVERY).map_err(SqliteError::Query)?;
    conn.batch_execute("PRAGMA query_only = ON;")
        .map_err(SqliteError::Query)?;
    Ok(conn)
}

/// Makes the file for its owner only, and takes back what an older file gave to others. SQLite
/// gives its log the same mode.
pub(super) fn create_private(path: &Path) -> Result<(), SqliteError> {
    let mut options = OpenOptions::new();
    options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600);
    let file = options.open(path).map_err(SqliteError::File)?;
    let mode = file
        .metadata()
        .map_err(SqliteError::File)?
        .permissions()
        .mode();
    if mode & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(0o600))
            .map_err(SqliteError::File)?;
    }
    Ok(())
}
