//! Backups: made and opened on the data folder, never over the network. Whoever may read the folder
//! has its keys already; a key to the API is no way to them.

pub mod create;
mod house;
mod open;
mod reconcile;
mod restore;
mod scratch;
mod verify;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use secrecy::SecretString;
use vaultpilot_backup::{Opener, Seal};

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::place;

#[derive(Debug, Subcommand)]
pub enum BackupCommand {
    /// Copy the whole house, sealed, while it runs or while it rests
    Create {
        /// The file; it must not be there yet [default: vaultpilot-<time>.vpbackup.age]
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
        #[command(flatten)]
        seal: SealArgs,
    },
    /// Open a backup, check everything in it, and throw it away
    Verify {
        /// The backup
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        open: OpenArgs,
    },
    /// Make a data folder of a backup; its wallets sign nothing until they are reconciled
    #[command(after_help = "The folder is --data-dir, and must be empty or not there.")]
    Restore {
        /// The backup
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        open: OpenArgs,
    },
    /// Show what chains say of wallets that came out of a backup, and let them sign again
    Reconcile {
        /// Label or id; every restored wallet if absent
        #[arg(long, value_name = "WALLET")]
        wallet: Option<String>,
        /// Refuse for good what may have been paid since the backup, and let the wallets sign
        #[arg(long)]
        acknowledge: bool,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct SealArgs {
    /// Seal it for this age recipient (age1…); may be repeated
    #[arg(
        long = "recipient",
        value_name = "AGE1",
        conflicts_with = "passphrase_file"
    )]
    recipients: Vec<String>,
    /// Seal it with the first line of this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct OpenArgs {
    /// File with the age identity (AGE-SECRET-KEY-1…) it was sealed for
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// File whose first line it was sealed with
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl SealArgs {
    pub(crate) fn seal(&self) -> Result<Seal, Failure> {
        let Some(file) = &self.passphrase_file else {
            return Ok(Seal::to(&self.recipients)?);
        };
        let seal = Seal::Passphrase(passphrase(file)?);
        if seal.is_strong() {
            Ok(seal)
        } else {
            Err(Failure::WeakPassphrase { path: file.clone() })
        }
    }
}

impl OpenArgs {
    fn opener(&self) -> Result<Opener, Failure> {
        match (&self.identity, &self.passphrase_file) {
            (Some(file), _) => Ok(Opener::from_file(file)?),
            (None, Some(file)) => Ok(Opener::Passphrase(passphrase(file)?)),
            // The command line asks for one of them.
            (None, None) => Err(Failure::Told(Exit::Usage)),
        }
    }
}

fn passphrase(file: &std::path::Path) -> Result<SecretString, Failure> {
    place::key_in(file)
}

pub(super) async fn run(command: &BackupCommand, ctx: &Context) -> Result<Exit, Failure> {
    match command {
        BackupCommand::Create { to, seal } => {
            let made = create::run(ctx, to.clone(), seal.seal()?).await?;
            ctx.screen.answer(&made.json(), || made.text())?;
        }
        BackupCommand::Verify { file, open } => verify::run(ctx, file, open.opener()?).await?,
        BackupCommand::Restore { file, open } => restore::run(ctx, file, open.opener()?).await?,
        BackupCommand::Reconcile {
            wallet,
            acknowledge,
        } => reconcile::run(ctx, wallet.as_deref(), *acknowledge).await?,
    }
    Ok(Exit::Ok)
}
