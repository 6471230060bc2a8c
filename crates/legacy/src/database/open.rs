//! Opening the file so that nothing of it or beside it changes.

use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use super::{DatabaseError, MAX_DATABASE};

/// The longest value that is read, in bytes.
const MAX_VALUE: i32 = 1 << 20;
/// After so many thousand steps of SQLite's machine a statement ends: ten thousand records take a few
/// hundred.
const MAX_KILOSTEPS: u32 = 20_000;

pub(super) fn open(path: &Path) -> Result<Connection, DatabaseError> {
    let facts = std::fs::metadata(path).map_err(DatabaseError::Read)?;
    if !facts.is_file() {
        return Err(DatabaseError::NotAFile);
    }
    if facts.len() > MAX_DATABASE {
        return Err(DatabaseError::TooLong);
    }
    settled(path)?;
    let path = std::path::absolute(path).map_err(DatabaseError::Read)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(uri(&path), flags)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    let mut left = MAX_KILOSTEPS;
    let spent = move || {
        left = left.saturating_sub(1);
        left == 0
    };
    connection.progress_handler(1000, Some(spent))?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    Ok(connection)
}

/// What waits beside the file would be missing in it.
fn settled(path: &Path) -> Result<(), DatabaseError> {
    for ending in ["-wal", "-journal"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(ending);
        if std::fs::metadata(&beside).is_ok_and(|facts| facts.len() > 0) {
            let beside = Path::new(&beside).display().to_string();
            return Err(DatabaseError::InUse { beside });
        }
    }
    Ok(())
}

fn uri(path: &Path) -> String {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri.push_str("?mode=ro&immutable=1");
    uri
}
