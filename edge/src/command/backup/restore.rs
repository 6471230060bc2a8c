//! A backup becomes a house again: all of it, or nothing is there.

use std::path::{Path, PathBuf};

use serde_json::json;
use vaultpilot_app::house_restored;
use vaultpilot_backup::Opener;
use vaultpilot_control_api::{OsEntropy, SystemClock};
use vaultpilot_core::Clock as _;
use vaultpilot_store::{RestoreNote, Restored};

use super::create::told;
use super::house::DATABASE;
use super::open::{opened, settle};
use super::scratch::Scratch;
use crate::command::Context;
use crate::failure::Failure;
use crate::place;
use crate::up::StartError;

/// What the database is called once every wallet in it waits to be reconciled: under no other name
/// does a house find it.
const HOUSE: &str = "vaultpilot.db";

pub(super) async fn run(ctx: &Context, file: &Path, opener: Opener) -> Result<(), Failure> {
    let to = place::data_dir(&ctx.global, &ctx.env)?;
    let to = std::path::absolute(to)?;
    empty(&to)?;
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    let beside = to.parent().unwrap_or(&to).to_owned();
    crate::private::folder(&beside).map_err(|source| Failure::Write {
        path: beside.clone(),
        source,
    })?;
    ctx.screen.talk("opening the backup");
    let scratch = Scratch::new(&beside, &format!(".{name}.restoring-"))?;
    let (manifest, store) = opened(file, opener, scratch.path(), true).await?;
    ctx.screen.talk("taking the right to sign from its wallets");
    let taken_at = manifest.created_at.to_string();
    let note = RestoreNote {
        at: SystemClock.now(),
        draft: Box::new(move |tenant, wallets| {
            house_restored(&SystemClock, &OsEntropy, &taken_at, tenant, wallets)
        }),
    };
    let restored = store.mark_restored(note).await.map_err(StartError::from)?;
    // The last connection writes its log back into the file.
    drop(store);
    furnish(scratch.path())?;
    std::fs::rename(scratch.path(), &to).map_err(|source| Failure::Write {
        path: to.clone(),
        source,
    })?;
    scratch.keep();
    settle(&beside)?;
    tell(ctx, &to, &manifest, restored)
}

/// Nothing that is there is ever mixed with what was.
fn empty(to: &PathBuf) -> Result<(), Failure> {
    let mut entries = match std::fs::read_dir(to) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(source) => {
            return Err(Failure::Read {
                path: to.clone(),
                source,
            });
        }
    };
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(Failure::Occupied { path: to.clone() }),
    }
}

/// Gives the database the name of a house's, alone.
fn furnish(folder: &Path) -> Result<(), Failure> {
    let copy = folder.join(DATABASE);
    let failed = |source| Failure::Write {
        path: copy.clone(),
        source,
    };
    let lock = folder.join(format!("{DATABASE}.lock"));
    if lock.exists() {
        std::fs::remove_file(lock).map_err(failed)?;
    }
    // A log that is left would belong to no database under the new name.
    if folder.join(format!("{DATABASE}-wal")).exists() {
        return Err(failed(std::io::ErrorKind::ResourceBusy.into()));
    }
    std::fs::rename(&copy, folder.join(HOUSE)).map_err(failed)?;
    settle(folder)
}

fn tell(
    ctx: &Context,
    to: &Path,
    manifest: &vaultpilot_backup::Manifest,
    restored: Restored,
) -> Result<(), Failure> {
    let mut answer = told(manifest);
    answer["data_dir"] = json!(to);
    answer["wallets"] = json!(restored.wallets);
    ctx.screen.answer(&answer, || {
        format!(
            "{}\n{}\n{} wallets sign nothing until they are reconciled",
            to.display(),
            manifest.words(),
            restored.wallets
        )
    })?;
    ctx.screen.talk(format_args!(
        "next: vaultpilot up --data-dir {}, then: vaultpilot backup reconcile --data-dir {}",
        to.display(),
        to.display()
    ));
    Ok(())
}
