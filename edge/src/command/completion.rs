//! Completion scripts.

use clap::{Args, CommandFactory as _};
use clap_complete::{Shell, generate};

use super::Context;
use crate::cli::Cli;
use crate::exit::Exit;
use crate::failure::Failure;

#[derive(Debug, Args)]
#[command(after_help = "Example: source <(vaultpilot completion bash)")]
pub struct CompletionArgs {
    pub shell: Shell,
}

pub(super) fn run(args: &CompletionArgs, ctx: &Context) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    generate(args.shell, &mut Cli::command(), "vaultpilot", &mut script);
    ctx.screen.line(String::from_utf8_lossy(&script))?;
    Ok(Exit::Ok)
}
