//! One store per file: a lock beside the database that the kernel takes back when we die.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use super::SqliteError;

/// Held as long as any connection is open. The file stays behind: removing it would let two
/// processes lock two files of one name.
#[derive(Debug)]
pub(super) struct FileLock {
    _file: File,
}

impl FileLock {
    // Not a lock on the database file itself: closing any descriptor of that one would drop the
    // locks SQLite holds on it.
    pub(super) fn take(database: &Path) -> Result<Self, SqliteError> {
        let mut path = database.as_os_str().to_owned();
        path.push(".lock");
        let mut options = OpenOptions::new();
        options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600);
        let mut file = options.open(path).map_err(SqliteError::File)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(SqliteError::InUse {
                    pid: pid(&mut file),
                });
            }
            Err(TryLockError::Error(error)) => return Err(SqliteError::File(error)),
        }
        file.set_len(0).map_err(SqliteError::File)?;
        writeln!(file, "{}", std::process::id()).map_err(SqliteError::File)?;
        Ok(Self { _file: file })
    }
}

/// Who wrote himself into the lock, as far as it can be read.
fn pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
