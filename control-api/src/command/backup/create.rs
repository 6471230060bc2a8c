//! One instant of the database, table by table, while everything goes on.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;
use vaultpilot_app::house_backed_up;
use vaultpilot_backup::{
    BackupError, Digesting, Edition, Kind, Manifest, Member, Seal, Writer, Written, file_name,
};
use vaultpilot_core::{Clock as _, Timestamp};
use vaultpilot_store::{PostgresSnapshot, PostgresStore, SnapshotTable};

use super::{told, words};
use crate::command::Context;
use crate::failure::Failure;
use crate::house::{As, manifest, open_store, store_options};
use crate::{OsEntropy, SystemClock};

pub(super) async fn run(ctx: &Context, to: Option<PathBuf>, seal: Seal) -> Result<(), Failure> {
    let config = ctx.load()?.config;
    let now = SystemClock.now();
    let to = to.unwrap_or_else(|| file_name(now));
    if to.symlink_metadata().is_ok() {
        return Err(BackupError::Exists { path: to }.into());
    }
    // The audit log hears of it first.
    let store = open_store(&config.database).await?;
    house_backed_up(&store, &SystemClock, &OsEntropy, &seal.names()).await?;
    drop(store);
    let owner = store_options(&config.database, As::Owner)?;
    let copied = PostgresStore::snapshot(&owner, move |snapshot| write(snapshot, &to, &seal, now));
    let (written, manifest) = copied.await?;
    let mut json = told(&manifest);
    json["file"] = json!(written.path);
    json["bytes"] = json!(written.bytes);
    let words = format!("{}\n{}", written.path.display(), words(&manifest));
    ctx.answer(&json, &words)
}

/// Reads everything twice: the manifest comes first, and says what everything hashes to. Nothing is
/// on a disk in the clear between.
fn write(
    snapshot: &mut PostgresSnapshot,
    to: &Path,
    seal: &Seal,
    now: Timestamp,
) -> Result<(Written, Manifest), Failure> {
    let described = snapshot.describe()?;
    let mut members = Vec::new();
    for table in &described.tables {
        eprintln!("reading {}", table.name);
        members.push(member(snapshot, table)?);
    }
    let manifest = manifest(described, members, Edition::Hosted, now);
    let mut writer = Writer::create(to, seal, &manifest)?;
    for (member, table) in manifest.members.iter().zip(&manifest.tables) {
        eprintln!("sealing {}", table.name);
        let rows = snapshot.rows(&table.name).ok_or_else(missing)?;
        writer.member(&member.name, rows)?;
    }
    Ok((writer.finish()?, manifest))
}

fn member(snapshot: &mut PostgresSnapshot, table: &SnapshotTable) -> Result<Member, Failure> {
    let name = format!("tables/{}.jsonl", table.name);
    let rows = snapshot.rows(&table.name).ok_or_else(missing)?;
    let counted = Digesting::new(rows).finish()?;
    if counted.lines != table.rows {
        return Err(BackupError::Changed { member: name }.into());
    }
    Ok(Member {
        name,
        kind: Kind::Table {
            table: table.name.clone(),
        },
        bytes: counted.bytes,
        sha256: counted.sha256,
    })
}

/// The list of tables and the tables are of one instant.
fn missing() -> Failure {
    io::Error::from(io::ErrorKind::NotFound).into()
}
