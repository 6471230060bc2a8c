//! `control-api backup`: copies of the whole database, made and brought back as the role that owns it.

mod create;
mod restore;
mod verify;

use secrecy::SecretString;
use serde_json::{Value, json};
use vaultpilot_backup::{Manifest, Opener, Seal};

use super::Context;
use crate::cli::{BackupCommand, OpenArgs, SealArgs};
use crate::failure::Failure;
use crate::house::secret;

pub(super) async fn run(ctx: &Context, command: BackupCommand) -> Result<(), Failure> {
    match command {
        BackupCommand::Create { to, seal } => create::run(ctx, to, seal_of(&seal)?).await,
        BackupCommand::Verify { file, open } => verify::run(ctx, &file, opener_of(&open)?).await,
        BackupCommand::Restore { file, open } => restore::run(ctx, file, opener_of(&open)?).await,
    }
}

fn seal_of(args: &SealArgs) -> Result<Seal, Failure> {
    let Some(file) = &args.passphrase_file else {
        return Ok(Seal::to(&args.recipients)?);
    };
    let seal = Seal::Passphrase(phrase(file)?);
    if seal.is_strong() {
        Ok(seal)
    } else {
        Err(Failure::WeakPassphrase { path: file.clone() })
    }
}

fn opener_of(args: &OpenArgs) -> Result<Opener, Failure> {
    match (&args.identity, &args.passphrase_file) {
        (Some(file), _) => Ok(Opener::from_file(file)?),
        (None, Some(file)) => Ok(Opener::Passphrase(phrase(file)?)),
        // The command line asks for one of them.
        (None, None) => Err(vaultpilot_backup::BackupError::NotForYou.into()),
    }
}

fn phrase(file: &std::path::Path) -> Result<SecretString, Failure> {
    Ok(secret::password(file)?)
}

/// What a manifest says, for programs.
fn told(manifest: &Manifest) -> Value {
    let mut told = manifest.told();
    let rows = manifest.tables.iter();
    let rows = rows.map(|table| (table.name.clone(), json!(table.rows)));
    told["tables"] = Value::Object(rows.collect());
    told
}

/// The same, for people.
fn words(manifest: &Manifest) -> String {
    let roots = manifest.roots.iter();
    let roots = roots.map(|root| format!("its keys need {root}, which is not in it"));
    let lines: Vec<String> = std::iter::once(manifest.words()).chain(roots).collect();
    lines.join("\n")
}
