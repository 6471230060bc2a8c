//! A copy of the whole database, also of one that another process is working with.

mod facts;
mod mark;

use std::path::Path;
use std::time::Duration;

use diesel::sqlite::Sqlite;
use vaultpilot_ports::store::StoreError;

use super::connection::{self, Access};
use super::{SqliteError, SqliteStore, upkeep};
use crate::migrations;
use crate::snapshot::{RestoreNote, Restored, Snapshot};

/// How long a copy waits while another program holds the whole file.
const PATIENCE: Duration = Duration::from_secs(30);

impl SqliteStore {
    /// Copies the database in `from`, as it is at one instant, into a new file for its owner only,
    /// and tells what is in the copy.
    ///
    /// It does not take the file's lock: the copy is read in one transaction of a connection that
    /// cannot write, beside whoever is working with the database.
    ///
    /// # Errors
    /// When there is a file already, or the copy cannot be written; nothing is left behind then.
    pub async fn snapshot(
        from: impl AsRef<Path>,
        to: impl AsRef<Path>,
    ) -> Result<Snapshot, StoreError> {
        let (from, to) = (from.as_ref().to_owned(), to.as_ref().to_owned());
        let copied = tokio::task::spawn_blocking(move || copy(&from, &to));
        copied.await.map_err(|_| SqliteError::ThreadEnded)?
    }

    /// How many schema changes are missing.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn pending(&self) -> Result<usize, StoreError> {
        let ours = migrations::names::<Sqlite>(&migrations::SQLITE).map_err(SqliteError::from)?;
        let version = self.version().await?;
        let is_ahead = |name: &&String| version.as_ref().is_none_or(|version| **name > *version);
        Ok(ours.iter().filter(is_ahead).count())
    }

    /// What is in the database.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn describe(&self) -> Result<Snapshot, StoreError> {
        self.readers.once(facts::of).await
    }

    /// Every page, every index and every foreign key: what is wrong with them, one line each.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn check_all(&self) -> Result<Vec<String>, StoreError> {
        self.readers.once(upkeep::check_all).await
    }

    /// Takes the right to sign from every wallet until it is reconciled, and writes that down, in
    /// one transaction.
    ///
    /// # Errors
    /// When the database cannot be written; it is as it was then.
    pub async fn mark_restored(&self, note: RestoreNote) -> Result<Restored, StoreError> {
        self.writer.once(move |conn| mark::all(conn, &note)).await
    }
}

fn copy(from: &Path, to: &Path) -> Result<Snapshot, StoreError> {
    // A connection would make the file that is not there.
    std::fs::metadata(from).map_err(SqliteError::File)?;
    let mut conn = connection::establish(from, Access::Read, PATIENCE)?;
    upkeep::backup(&mut conn, to)?;
    drop(conn);
    let mut copy = connection::establish_plain(to)?;
    facts::of(&mut copy)
}
