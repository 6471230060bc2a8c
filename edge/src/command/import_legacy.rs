//! The way in from the predecessor. Everything is checked before anything is sent; wallets come in
//! together or not at all; the old files are only read; a second run changes nothing.

mod error;
mod fernet_key;
mod found;
mod ground;
mod plan;
mod report;
mod send;
mod strategy;
mod wallet;

use std::path::PathBuf;

use clap::Args;
use vaultpilot_backup::Seal;
use vaultpilot_core::ChainId;

use super::Context;
use super::backup::create;
use super::wallet::import::FirstPolicy;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::place;

pub use error::LegacyError;
use ground::Ground;
use plan::Plan;

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct LegacyArgs {
    #[command(flatten)]
    stores: Stores,
    /// Its file of rate limits, `vaultpilot_policy.yml`
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// File with the Fernet key; tried before `ENCRYPT_KEY` and the file `.key` beside the store
    #[arg(long, value_name = "FILE")]
    fernet_key_file: Option<PathBuf>,
    /// Whose records to take from a database of several tenants
    #[arg(long, value_name = "ID", requires = "database")]
    tenant_of: Option<String>,
    /// Take wallets of this chain id to that chain, such as 5=eip155:11155111; may be repeated
    #[arg(long = "chain-map", value_name = "OLD=CHAIN", value_parser = chain_map)]
    chain_map: Vec<(u64, ChainId)>,
    /// What the wallets may do at first
    #[arg(long, value_enum, default_value_t = FirstPolicy::DenyAll)]
    first_policy: FirstPolicy,
    /// Let strategies run that ran there; without it all of them rest
    #[arg(long)]
    enable_strategies: bool,
    /// Say what would happen, record by record, and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    backup: BackupArgs,
}

const AFTER_HELP: &str = "\
The old files are opened for reading only. Before anything is sent every record is checked, and one that
cannot be imported stops all of them.";

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct Stores {
    /// `agentvault_store.json`
    #[arg(long, value_name = "FILE", conflicts_with = "database")]
    wallet_store: Option<PathBuf>,
    /// `agentvault_strategies.json`
    #[arg(long, value_name = "FILE", conflicts_with = "database")]
    strategy_store: Option<PathBuf>,
    /// vaultpilot.db of the predecessor
    #[arg(long, value_name = "FILE")]
    database: Option<PathBuf>,
}

/// A backup of this house is made first.
#[derive(Debug, Args)]
#[command(next_help_heading = "Backup of this house, made first")]
pub struct BackupArgs {
    /// Seal it for this age recipient (age1…); may be repeated
    #[arg(long = "backup-recipient", value_name = "AGE1")]
    recipients: Vec<String>,
    /// Seal it with the first line of this file
    #[arg(
        long = "backup-passphrase-file",
        value_name = "FILE",
        conflicts_with = "recipients"
    )]
    passphrase_file: Option<PathBuf>,
    /// The file; it must not be there yet [default: vaultpilot-<time>.vpbackup.age]
    #[arg(long = "backup-to", value_name = "FILE")]
    to: Option<PathBuf>,
    /// Make none
    #[arg(long, conflicts_with_all = ["recipients", "passphrase_file", "to"])]
    no_backup: bool,
}

impl BackupArgs {
    /// How to seal it; `None` when there is to be none.
    fn seal(&self) -> Result<Option<Seal>, Failure> {
        if self.no_backup {
            return Ok(None);
        }
        if let Some(file) = &self.passphrase_file {
            let seal = Seal::Passphrase(place::key_in(file)?);
            return if seal.is_strong() {
                Ok(Some(seal))
            } else {
                Err(Failure::WeakPassphrase { path: file.clone() })
            };
        }
        if self.recipients.is_empty() {
            return Err(LegacyError::BackupNeeded.into());
        }
        Ok(Some(Seal::to(&self.recipients)?))
    }
}

pub(super) async fn run(args: &LegacyArgs, ctx: &Context) -> Result<Exit, Failure> {
    vaultpilot_keys::harden_process().map_err(LegacyError::Harden)?;
    // What is wrong with the wish for a backup is told before anything is read.
    let seal = if args.dry_run {
        None
    } else {
        args.backup.seal()?
    };
    let found = found::read(args, ctx)?;
    let rest = ctx.rest()?;
    let ground = Ground::survey(&rest).await?;
    let mut plan = Plan::make(args, found, &ground);
    let failed = plan.failed();
    if args.dry_run || failed > 0 || !plan.has_news() {
        report::answer(ctx, &plan, args.dry_run)?;
        return if failed > 0 {
            Err(LegacyError::Records { count: failed }.into())
        } else {
            Ok(Exit::Ok)
        };
    }
    if plan.new_wallets() > send::MAX_WALLETS {
        return Err(LegacyError::TooMany {
            count: plan.new_wallets(),
        }
        .into());
    }
    if let Some(seal) = seal {
        let made = create::run(ctx, args.backup.to.clone(), seal).await?;
        plan.backup = Some(made.written.path);
    }
    let sent = send::all(ctx, &rest, args, &mut plan).await;
    // What came in is told also when the rest did not.
    report::answer(ctx, &plan, false)?;
    sent.map(|()| Exit::Ok)
}

fn chain_map(text: &str) -> Result<(u64, ChainId), String> {
    let wrong = || format!("{text} is not like 5=eip155:11155111");
    let (old, new) = text.split_once('=').ok_or_else(wrong)?;
    let old = old.trim().parse().map_err(|_| wrong())?;
    let new = new.trim().parse().map_err(|_| wrong())?;
    Ok((old, new))
}

#[cfg(test)]
mod tests;
