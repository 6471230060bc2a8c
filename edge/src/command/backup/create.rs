//! A backup is made: copied at one instant, hashed, sealed.

use std::fs::File;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use vaultpilot_app::house_backed_up;
use vaultpilot_backup::{BackupError, Edition, Kind, Manifest, Seal, Writer, Written, file_name};
use vaultpilot_config::Config;
use vaultpilot_control_api::house::manifest;
use vaultpilot_control_api::{OsEntropy, SystemClock};
use vaultpilot_core::{Clock as _, Timestamp};
use vaultpilot_store::{Snapshot, SqliteOptions, SqliteStore};

use super::house::{DATABASE, member, secrets};
use super::scratch::Scratch;
use crate::command::Context;
use crate::failure::Failure;
use crate::place::{self, Place};
use crate::rest::Rest;
use crate::up::StartError;

/// The name of the database in a data folder.
const HOUSE: &str = "vaultpilot.db";

/// A backup that was made.
pub struct Made {
    pub written: Written,
    pub manifest: Manifest,
    /// Whether the audit log knows; one of an older schema is copied as it is.
    pub audited: bool,
}

/// Copies the house of the data folder into a file that is not there yet.
///
/// # Errors
/// When there is no house, the audit log cannot be told, or the file cannot be written; nothing is
/// left behind then.
pub async fn run(ctx: &Context, to: Option<PathBuf>, seal: Seal) -> Result<Made, Failure> {
    let config = place::load(&ctx.global, &ctx.env, Vec::new())?.config;
    let database = config.data.dir.join(HOUSE);
    std::fs::metadata(&database).map_err(|source| Failure::Read {
        path: database.clone(),
        source,
    })?;
    let now = SystemClock.now();
    let to = to.unwrap_or_else(|| file_name(now));
    if to.symlink_metadata().is_ok() {
        return Err(BackupError::Exists { path: to }.into());
    }
    let audited = announce(ctx, &database, &seal).await?;
    ctx.screen.talk("copying the database");
    let scratch = Scratch::new(&config.data.dir, ".backup-")?;
    let copy = scratch.path().join(DATABASE);
    let snapshot = SqliteStore::snapshot(&database, &copy)
        .await
        .map_err(StartError::from)?;
    ctx.screen.talk("sealing the copy");
    let sealed = tokio::task::spawn_blocking(move || {
        let (written, manifest) = write(&to, &seal, &config, &copy, snapshot, now)?;
        // Gone with the copy in it before the backup is told of.
        drop(scratch);
        Ok::<_, Failure>((written, manifest))
    });
    let (written, manifest) = sealed.await.map_err(std::io::Error::from)??;
    Ok(Made {
        written,
        manifest,
        audited,
    })
}

/// The audit log hears of it first. A house that runs writes that down itself.
async fn announce(ctx: &Context, database: &Path, seal: &Seal) -> Result<bool, Failure> {
    match place::server(&ctx.global, &ctx.env) {
        Ok(server) => {
            let mut global = ctx.global.clone();
            global.url = Some(server.api_url);
            let rest = Rest::new(Place::find(&global, &ctx.env)?)?;
            rest.post("backups", json!({ "recipients": seal.names() }))
                .await?;
            return Ok(true);
        }
        Err(Failure::NotRunning { .. } | Failure::Ended { .. }) => {}
        Err(other) => return Err(other),
    }
    let store = SqliteStore::open(database, &SqliteOptions::default())
        .await
        .map_err(StartError::from)?;
    if store.pending().await.map_err(StartError::from)? > 0 {
        ctx.screen
            .talk("its schema is an older one: the audit log is not told of this backup");
        return Ok(false);
    }
    house_backed_up(&store, &SystemClock, &OsEntropy, &seal.names())
        .await
        .map_err(StartError::from)?;
    Ok(true)
}

fn write(
    to: &Path,
    seal: &Seal,
    config: &Config,
    copy: &Path,
    snapshot: Snapshot,
    now: Timestamp,
) -> Result<(Written, Manifest), Failure> {
    let secrets = secrets(config);
    let mut members = vec![member(DATABASE.to_owned(), Kind::File, copy)?];
    for secret in &secrets {
        members.push(secret.member()?);
    }
    let manifest = manifest(snapshot, members, Edition::Edge, now);
    let mut writer = Writer::create(to, seal, &manifest)?;
    let paths = secrets.iter().map(|secret| secret.path.as_path());
    let paths = std::iter::once(copy).chain(paths);
    for (member, path) in manifest.members.iter().zip(paths) {
        let file = File::open(path).map_err(|source| Failure::Read {
            path: path.to_owned(),
            source,
        })?;
        writer.member(&member.name, file)?;
    }
    Ok((writer.finish()?, manifest))
}

impl Made {
    /// For programs.
    pub fn json(&self) -> Value {
        let mut json = told(&self.manifest);
        json["file"] = json!(self.written.path);
        json["bytes"] = json!(self.written.bytes);
        json["audited"] = json!(self.audited);
        json
    }

    /// For people.
    pub fn text(&self) -> String {
        format!(
            "{}\n{}\nWhoever opens it has this house's keys. Try it now:\n  vaultpilot backup verify {}",
            self.written.path.display(),
            self.manifest.words(),
            self.written.path.display()
        )
    }
}

/// What a manifest says, for programs.
pub(super) fn told(manifest: &Manifest) -> Value {
    let mut told = manifest.told();
    let rows = manifest.tables.iter().map(|table| table.rows);
    told["rows"] = json!(rows.fold(0, u64::saturating_add));
    let members = manifest.members.iter().map(|it| &it.name);
    told["members"] = json!(members.collect::<Vec<_>>());
    told
}
