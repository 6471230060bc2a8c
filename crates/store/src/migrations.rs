//! Schema changes, built into the binary, a folder for each database. Forward only in the field:
//! `down` is for tests and for an operator who knows why.

use diesel::backend::Backend;
use diesel::migration::{Migration, MigrationSource as _};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

pub(crate) const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
pub(crate) const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

#[derive(Debug)]
pub(crate) enum Refusal {
    /// A newer program has changed the schema: we would not know what its rows mean.
    Newer {
        version: String,
    },
    Failed(Box<dyn std::error::Error + Send + Sync>),
}

/// Applies what is missing and says how many that were.
pub(crate) fn up<DB: Backend>(
    conn: &mut impl MigrationHarness<DB>,
    ours: EmbeddedMigrations,
) -> Result<usize, Refusal> {
    known(version(conn)?, &names::<DB>(&ours)?)?;
    Ok(conn
        .run_pending_migrations(ours)
        .map_err(Refusal::Failed)?
        .len())
}

/// Applies the changes up to this one, to a database that has none.
pub(crate) fn up_to<DB: Backend>(
    conn: &mut impl MigrationHarness<DB>,
    ours: &EmbeddedMigrations,
    last: &str,
) -> Result<(), Refusal> {
    let mut ours: Vec<Box<dyn Migration<DB>>> = ours.migrations().map_err(Refusal::Failed)?;
    ours.sort_by_key(|it| it.name().version().to_string());
    let wanted = ours
        .iter()
        .filter(|it| *it.name().version().to_string() <= *last);
    for migration in wanted {
        conn.run_migration(migration.as_ref())
            .map_err(Refusal::Failed)?;
    }
    Ok(())
}

/// Takes every change back: an empty database is left.
pub(crate) fn down<DB: Backend>(
    conn: &mut impl MigrationHarness<DB>,
    ours: EmbeddedMigrations,
) -> Result<usize, Refusal> {
    known(version(conn)?, &names::<DB>(&ours)?)?;
    Ok(conn
        .revert_all_migrations(ours)
        .map_err(Refusal::Failed)?
        .len())
}

/// The newest change that was applied.
pub(crate) fn version<DB: Backend>(
    conn: &mut impl MigrationHarness<DB>,
) -> Result<Option<String>, Refusal> {
    let applied = conn.applied_migrations().map_err(Refusal::Failed)?;
    Ok(applied.iter().map(ToString::to_string).max())
}

/// The versions this program knows.
pub(crate) fn names<DB: Backend>(ours: &EmbeddedMigrations) -> Result<Vec<String>, Refusal> {
    let ours: Vec<Box<dyn Migration<DB>>> = ours.migrations().map_err(Refusal::Failed)?;
    Ok(ours
        .iter()
        .map(|it| it.name().version().to_string())
        .collect())
}

/// Refuses a database that a newer program has changed.
pub(crate) fn known(version: Option<String>, ours: &[String]) -> Result<(), Refusal> {
    match version {
        Some(version) if !ours.contains(&version) => Err(Refusal::Newer { version }),
        _ => Ok(()),
    }
}
