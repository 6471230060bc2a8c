//! What an operator does with a database: move its schema, check it, copy it.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;
use vaultpilot_ports::store::StoreError;

use super::error::reading;
use super::{SqliteError, SqliteStore};
use crate::migrations;

#[derive(QueryableByName)]
struct Finding {
    #[diesel(sql_type = Text)]
    finding: String,
}

#[derive(QueryableByName)]
struct Orphan {
    #[diesel(sql_type = Text)]
    table: String,
}

impl SqliteStore {
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Applies the schema changes that are missing and says how many that were.
    ///
    /// # Errors
    /// [`SqliteError::Newer`] when a newer program has been here.
    pub async fn migrate(&self) -> Result<usize, StoreError> {
        self.writer.once(up).await
    }

    /// Takes every schema change back, and all rows with them.
    ///
    /// # Errors
    /// When a change cannot be taken back.
    pub async fn revert(&self) -> Result<usize, StoreError> {
        self.writer.once(down).await
    }

    /// The newest schema change that was applied.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn version(&self) -> Result<Option<String>, StoreError> {
        self.writer.once(version).await
    }

    /// What is wrong with the file, one line each; nothing when it is sound.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn check(&self) -> Result<Vec<String>, StoreError> {
        self.readers.once(check).await
    }

    /// Copies the database, as it is at one instant, into a new file for its owner only, while
    /// everything goes on.
    ///
    /// # Errors
    /// When there is a file already, or the copy cannot be written; nothing is left behind then.
    pub async fn backup_to(&self, path: impl AsRef<Path>) -> Result<(), StoreError> {
        let path = path.as_ref().to_owned();
        self.readers.once(move |conn| backup(conn, &path)).await
    }
}

fn up(conn: &mut SqliteConnection) -> Result<usize, StoreError> {
    Ok(migrations::up(conn, migrations::SQLITE).map_err(SqliteError::from)?)
}

fn down(conn: &mut SqliteConnection) -> Result<usize, StoreError> {
    Ok(migrations::down(conn, migrations::SQLITE).map_err(SqliteError::from)?)
}

fn version(conn: &mut SqliteConnection) -> Result<Option<String>, StoreError> {
    Ok(migrations::version(conn).map_err(SqliteError::from)?)
}

fn check(conn: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    checked(
        conn,
        "SELECT quick_check AS finding FROM pragma_quick_check",
    )
}

/// The same, and whether every index says what its table says.
pub(super) fn check_all(conn: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    checked(
        conn,
        "SELECT integrity_check AS finding FROM pragma_integrity_check",
    )
}

fn checked(conn: &mut SqliteConnection, how: &str) -> Result<Vec<String>, StoreError> {
    let findings: Vec<Finding> = diesel::sql_query(how).load(conn).map_err(reading)?;
    let orphans: Vec<Orphan> = diesel::sql_query("PRAGMA foreign_key_check")
        .load(conn)
        .map_err(reading)?;
    let findings = findings
        .into_iter()
        .map(|it| it.finding)
        .filter(|it| it != "ok");
    let orphans = orphans
        .into_iter()
        .map(|it| format!("row of {} without its parent", it.table));
    Ok(findings.chain(orphans).collect())
}

pub(super) fn backup(conn: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    let text = path.to_str().ok_or(SqliteError::PathNotUnicode)?;
    // Made first, and empty, so that it is private from its first byte and overwrites nothing.
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let file = options.open(path).map_err(SqliteError::File)?;
    let unfinished = Unfinished(Some(path.to_owned()));
    // Writing the copy counts as writing.
    conn.batch_execute("PRAGMA query_only = OFF")
        .map_err(reading)?;
    let copied = diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(text)
        .execute(conn);
    conn.batch_execute("PRAGMA query_only = ON")
        .map_err(reading)?;
    copied.map_err(reading)?;
    // SQLite does not wait for the disk here.
    file.sync_all().map_err(SqliteError::File)?;
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        File::open(folder)
            .and_then(|it| it.sync_all())
            .map_err(SqliteError::File)?;
    }
    unfinished.keep();
    Ok(())
}

/// Removes a copy that did not come to its end.
struct Unfinished(Option<PathBuf>);

impl Unfinished {
    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // The error that led here is the one to tell.
            std::fs::remove_file(path).ok();
        }
    }
}
