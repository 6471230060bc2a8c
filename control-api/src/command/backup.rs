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
    json!({
        "format": manifest.format,
        "product": manifest.product,
        "edition": manifest.edition,
        "created_at": manifest.created_at,
        "schema": manifest.database.schema,
        "tenants": manifest.tenants,
        "tables": manifest.tables.iter().map(|table| (table.name.clone(), json!(table.rows)))
            .collect::<serde_json::Map<_, _>>(),
        "roots": manifest.roots,
    })
}

/// The same, for people.
fn words(manifest: &Manifest) -> String {
    let mut lines = vec![format!(
        "taken {} by version {}, schema {}",
        manifest.created_at, manifest.product, manifest.database.schema
    )];
    for tenant in &manifest.tenants {
        lines.push(format!(
            "tenant {}: {} audit entries, head {}",
            tenant.name, tenant.audit_entries, tenant.audit_head
        ));
    }
    for root in &manifest.roots {
        lines.push(format!("its keys need {root}, which is not in it"));
    }
    lines.join("\n")
}
