//! Schema changes, built into the binary. Forward only in the field: `revert` is for tests and for
//! an operator who knows why.

use diesel::migration::{Migration, MigrationSource as _};
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use crate::sqlite::SqliteError;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Applies what is missing and says how many that were.
pub(crate) fn up(conn: &mut SqliteConnection) -> Result<usize, SqliteError> {
    known(conn)?;
    Ok(conn
        .run_pending_migrations(SQLITE)
        .map_err(SqliteError::Migration)?
        .len())
}

/// Takes every change back: an empty database is left.
pub(crate) fn down(conn: &mut SqliteConnection) -> Result<usize, SqliteError> {
    known(conn)?;
    Ok(conn
        .revert_all_migrations(SQLITE)
        .map_err(SqliteError::Migration)?
        .len())
}

/// The newest change that was applied.
pub(crate) fn version(conn: &mut SqliteConnection) -> Result<Option<String>, SqliteError> {
    let applied = conn.applied_migrations().map_err(SqliteError::Migration)?;
    Ok(applied.iter().map(ToString::to_string).max())
}

/// Refuses a database that a newer program has changed: we would not know what its rows mean.
pub(crate) fn known(conn: &mut SqliteConnection) -> Result<(), SqliteError> {
    let ours: Vec<Box<dyn Migration<Sqlite>>> =
        SQLITE.migrations().map_err(SqliteError::Migration)?;
    let ours: Vec<String> = ours
        .iter()
        .map(|it| it.name().version().to_string())
        .collect();
    match version(conn)? {
        Some(version) if !ours.contains(&version) => Err(SqliteError::Newer { version }),
        _ => Ok(()),
    }
}
