//! MCP for clients that only start programs.

mod bridge;

use clap::{Args, Subcommand};
use secrecy::SecretString;

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::place;

pub(super) const MCP_URL_HELP: &str =
    "MCP endpoint [env: VAULTPILOT_MCP_URL] [default: the running server's]";

#[derive(Debug, Subcommand)]
pub enum McpCommand {
    /// Speak MCP on standard input and output, and pass it on to the server
    Bridge(BridgeArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "The agent's key comes from --key-file or VAULTPILOT_AGENT_KEY.")]
pub struct BridgeArgs {
    #[arg(long, value_name = "URL", help = MCP_URL_HELP)]
    pub mcp_url: Option<String>,
}

pub(super) async fn run(command: &McpCommand, ctx: &Context) -> Result<Exit, Failure> {
    match command {
        McpCommand::Bridge(args) => bridge::run(ctx, args).await,
    }
}

/// An agent's key: never the owner's from the data folder, which is a person's.
pub(super) fn agent_key(ctx: &Context) -> Result<SecretString, Failure> {
    if let Some(path) = &ctx.global.key_file {
        return place::key_in(path);
    }
    let given = ctx
        .env
        .get("VAULTPILOT_AGENT_KEY")
        .or_else(|| ctx.env.get("VAULTPILOT_KEY"));
    given.map(SecretString::from).ok_or(Failure::NoAgentKey)
}
