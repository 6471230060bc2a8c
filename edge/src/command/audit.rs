//! The audit log: read it, prove it, take it away.

mod export;
mod tail;
mod verify;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Show the newest events
    Tail(TailArgs),
    /// Prove that no entry was altered, removed or put in between
    Verify {
        /// Verify an export instead of the running server; needs no server
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Write all entries, one JSON object a line
    Export {
        /// Default: standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub struct TailArgs {
    /// Keep showing events as they happen
    #[arg(long)]
    pub follow: bool,
    #[arg(long, default_value_t = 20)]
    pub limit: usize,
    #[arg(long)]
    pub wallet: Option<String>,
    /// Only decisions that said no
    #[arg(long)]
    pub denied: bool,
}

pub(super) async fn run(command: &AuditCommand, ctx: &Context) -> Result<Exit, Failure> {
    match command {
        AuditCommand::Tail(args) => tail::run(ctx, args).await?,
        AuditCommand::Verify { file: Some(path) } => verify::file(ctx, path)?,
        AuditCommand::Verify { file: None } => verify::server(ctx).await?,
        AuditCommand::Export { out } => export::run(ctx, out.as_deref()).await?,
    }
    Ok(Exit::Ok)
}
