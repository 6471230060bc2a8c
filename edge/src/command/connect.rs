//! Connects an agent's client: prints its exact shape, or edits its file.

mod client;
mod edit;
mod probe;

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::Context;
use super::mcp::MCP_URL_HELP;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::place;
use crate::private;
use crate::server_file::ServerFile;

pub use client::Client;
pub(crate) use client::Target;

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[command(after_help = "Examples:
  vaultpilot connect                                         all snippets
  vaultpilot connect --client claude-code --write --new-key  edit .mcp.json, make a key
  vaultpilot connect --client cursor --dry-run               show what would be edited
  vaultpilot connect --test                                  call the endpoint with the agent's key")]
pub struct ConnectArgs {
    /// One client. Default: all
    #[arg(long, value_enum)]
    pub client: Option<Client>,
    /// Edit the client's file. A copy of the old one is kept beside it
    #[arg(long, requires = "client")]
    pub write: bool,
    /// Show the edit, and change nothing
    #[arg(long, requires = "client")]
    pub dry_run: bool,
    /// The file to edit instead of the client's usual one
    #[arg(long, value_name = "FILE", requires = "client")]
    pub file: Option<PathBuf>,
    /// Make a key named after the client, in a file for your eyes only
    #[arg(long, requires = "client")]
    pub new_key: bool,
    /// Call the endpoint with the agent's key: protocol, tools, and what their list costs
    #[arg(long, conflicts_with_all = ["write", "dry_run", "new_key"])]
    pub test: bool,
    #[arg(long, value_name = "URL", help = MCP_URL_HELP)]
    pub mcp_url: Option<String>,
}

pub(super) async fn run(args: &ConnectArgs, ctx: &Context) -> Result<Exit, Failure> {
    let url = mcp_url(args, ctx)?;
    if args.test {
        return probe::run(ctx, &url).await;
    }
    let data_dir = place::data_dir(&ctx.global, &ctx.env)?;
    let target = |client: Client| Target {
        url: url.clone(),
        key_file: key_path(&data_dir, client),
        program: std::env::current_exe().unwrap_or_else(|_| PathBuf::from("vaultpilot")),
    };
    let Some(client) = args.client else {
        let all = Client::ALL.map(|client| (client, client.snippet(&target(client))));
        let answer: Vec<Value> = all
            .iter()
            .map(|(client, snippet)| json!({ "client": client.name(), "snippet": snippet }))
            .collect();
        ctx.screen
            .answer(&json!({ "mcp_url": url, "clients": answer }), || {
                let one = |(client, snippet): &(Client, String)| {
                    format!("── {} ──\n{snippet}\n", client.title())
                };
                all.iter().map(one).collect::<Vec<_>>().join("\n")
            })?;
        ctx.screen
            .talk("next: vaultpilot connect --client <client> --write --new-key");
        return Ok(Exit::Ok);
    };
    let target = target(client);
    if args.write || args.dry_run {
        edit::run(ctx, client, &target, args)?;
    } else {
        let snippet = client.snippet(&target);
        let answer = json!({ "client": client.name(), "mcp_url": url, "snippet": snippet });
        ctx.screen.answer(&answer, || snippet.clone())?;
    }
    if args.new_key && !args.dry_run {
        new_key(ctx, client, &target.key_file).await?;
    }
    if !target.key_file.is_file() && !args.dry_run {
        let (name, path) = (client.name(), target.key_file.display());
        ctx.screen.talk(format_args!(
            "key:  vaultpilot key create {name} --out {path}"
        ));
    } else if client.reads_variable() && !args.dry_run {
        let path = target.key_file.display();
        ctx.screen.talk(format_args!(
            "key:  export VAULTPILOT_AGENT_KEY=\"$(cat {path})\""
        ));
    }
    Ok(Exit::Ok)
}

fn mcp_url(args: &ConnectArgs, ctx: &Context) -> Result<String, Failure> {
    let given = args.mcp_url.clone();
    if let Some(url) = given.or_else(|| ctx.env.get("VAULTPILOT_MCP_URL").map(str::to_owned)) {
        return Ok(url);
    }
    let loaded = place::load(&ctx.global, &ctx.env, Vec::new())?;
    if let Some(server) = ServerFile::read(&loaded.config.data.dir)? {
        return Ok(server.mcp_url);
    }
    ctx.screen
        .talk("vaultpilot is not running; this is the endpoint it will have");
    Ok(format!("{}/t/default/mcp", loaded.config.server.base_url()))
}

fn key_path(data_dir: &Path, client: Client) -> PathBuf {
    data_dir
        .join("agents")
        .join(format!("{}.key", client.name()))
}

async fn new_key(ctx: &Context, client: Client, path: &Path) -> Result<(), Failure> {
    if path.is_file() {
        ctx.screen.talk(format_args!(
            "key:  {} is there already and is kept",
            path.display()
        ));
        return Ok(());
    }
    let failed = |source| Failure::Write {
        path: path.to_owned(),
        source,
    };
    let folder = path.parent().unwrap_or(path);
    private::folder(folder).map_err(failed)?;
    let body = json!({ "name": client.name(), "role": "agent" });
    let answer = ctx.rest()?.post("keys", body).await?;
    let secret = answer
        .get("secret")
        .and_then(Value::as_str)
        .unwrap_or_default();
    private::write_new(path, &format!("{secret}\n")).map_err(failed)?;
    ctx.screen.talk(format_args!(
        "key:  {} made, in {}",
        client.name(),
        path.display()
    ));
    Ok(())
}
