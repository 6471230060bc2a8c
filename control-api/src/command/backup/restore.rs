//! An empty database becomes what it was, in one transaction.

use std::io::Read;
use std::path::PathBuf;

use serde_json::json;
use vaultpilot_app::house_restored;
use vaultpilot_backup::{Kind, Lines, Manifest, Member, Opener, Visit};
use vaultpilot_core::Clock as _;
use vaultpilot_store::{AppRole, PostgresStore, RestoreNote, Restoring};

use super::verify::{of_this_edition, verified};
use super::{told, words};
use crate::command::Context;
use crate::failure::Failure;
use crate::house::{As, secret, store_options};
use crate::{OsEntropy, SystemClock};

pub(super) async fn run(ctx: &Context, file: PathBuf, opener: Opener) -> Result<(), Failure> {
    let config = ctx.load()?.config;
    let database = &config.database;
    let owner = store_options(database, As::Owner)?;
    let app = AppRole {
        name: database.user.clone(),
        password: secret::password(&database.password_file)?,
    };
    // The whole backup is good before the database is touched.
    let checked = tokio::task::spawn_blocking(move || {
        verified(&file, &opener).map(|manifest| (manifest, file, opener))
    });
    let (manifest, file, opener) = checked.await.map_err(std::io::Error::from)??;
    let taken_at = manifest.created_at.to_string();
    let note = RestoreNote {
        at: SystemClock.now(),
        draft: Box::new(move |tenant, wallets| {
            house_restored(&SystemClock, &OsEntropy, &taken_at, tenant, wallets)
        }),
    };
    let seen = manifest.clone();
    let pour = move |database: &mut Restoring<'_>| {
        let mut members = Fill {
            database,
            seen: &seen,
        };
        vaultpilot_backup::read(&file, &opener, &mut members).map(drop)
    };
    let schema = &manifest.database.schema;
    let restored = PostgresStore::restore(&owner, &app, schema, note, pour).await?;
    let mut json = told(&manifest);
    json["wallets"] = json!(restored.wallets);
    let words = format!(
        "{}\n{} wallets of {} tenants sign nothing until they are reconciled:\n  vaultpilot backup \
         reconcile --url <address of this control plane> --key-file <an owner's key>",
        words(&manifest),
        restored.wallets,
        restored.tenants
    );
    ctx.answer(&json, &words)
}

struct Fill<'a, 'b> {
    database: &'a mut Restoring<'b>,
    seen: &'a Manifest,
}

impl Visit for Fill<'_, '_> {
    type Error = Failure;

    fn manifest(&mut self, manifest: &Manifest) -> Result<(), Failure> {
        of_this_edition(manifest)?;
        if manifest == self.seen {
            return Ok(());
        }
        // Somebody put another file in its place since it was checked.
        Err(vaultpilot_backup::BackupError::Changed {
            member: "manifest.json".to_owned(),
        }
        .into())
    }

    fn member(&mut self, member: &Member, content: &mut dyn Read) -> Result<(), Failure> {
        if let Kind::Table { table } = &member.kind {
            eprintln!("restoring {table}");
            self.database.load(table, Lines::of(content))?;
        }
        Ok(())
    }
}
