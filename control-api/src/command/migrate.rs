//! `control-api migrate`: brings the database to this version, as the role that owns it.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use vaultpilot_config::Database;
use vaultpilot_store::{AppRole, PostgresStore};

use super::Context;
use crate::failure::{Failure, chain};
use crate::house::{As, secret, store_options};

/// Between two attempts.
const AGAIN: Duration = Duration::from_secs(2);

pub(super) async fn run(ctx: &Context, wait: Duration) -> Result<(), Failure> {
    let config = ctx.load()?.config;
    let database = &config.database;
    let applied = until_there(database, wait).await?;
    let app = PostgresStore::connect(&store_options(database, As::App)?)
        .await
        .map_err(Failure::Migrate)?;
    let version = app.version().await.map_err(Failure::Migrate)?;
    let version = version.unwrap_or_default();
    let done = json!({
        "applied": applied,
        "version": version,
        "database": database.name,
        "role": database.user,
    });
    let changes = match applied {
        0 => "nothing to change".to_owned(),
        1 => "1 schema change applied".to_owned(),
        many => format!("{many} schema changes applied"),
    };
    let words = format!(
        "{changes}; the schema is {version}\nrole {} has its rights on database {}",
        database.user, database.name
    );
    ctx.answer(&done, &words)
}

/// Migrates, and tries again while the database may still come up.
async fn until_there(database: &Database, wait: Duration) -> Result<usize, Failure> {
    let owner = store_options(database, As::Owner)?;
    let role = AppRole {
        name: database.user.clone(),
        password: secret::password(&database.password_file)?,
    };
    let until = Instant::now() + wait;
    let mut last = String::new();
    loop {
        let error = match PostgresStore::migrate(&owner, &role).await {
            Ok(applied) => return Ok(applied),
            Err(error) => error,
        };
        if !is_connecting(&error) || Instant::now() + AGAIN > until {
            return Err(Failure::Migrate(error));
        }
        let why = chain(&error);
        if why != last {
            eprintln!("waiting for the database: {why}");
            last = why;
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Whether nobody answered; everything else does not become better by waiting.
fn is_connecting(error: &vaultpilot_ports::StoreError) -> bool {
    use vaultpilot_store::PostgresError::{Connect, Setup, Waited};
    let source = std::error::Error::source(error);
    let ours = source.and_then(|source| source.downcast_ref::<vaultpilot_store::PostgresError>());
    matches!(ours, Some(Connect(_) | Setup(_) | Waited(_)))
}
