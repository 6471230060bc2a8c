//! The configuration, as it will be used.

use clap::Subcommand;
use serde_json::{Value, json};

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::place;

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show every value; secrets by scheme and host only
    Show {
        /// Also where each value came from
        #[arg(long)]
        origin: bool,
        /// Also the built-in chains nobody has enabled
        #[arg(long)]
        all: bool,
    },
    /// Check file, environment and flags, and report every problem
    Check,
    /// Print the JSON schema of vaultpilot.yml, for editors
    Schema,
}

pub(super) fn run(command: &ConfigCommand, ctx: &Context) -> Result<Exit, Failure> {
    match command {
        ConfigCommand::Schema => {
            let schema = json!(vaultpilot_config::schema());
            ctx.screen.line(format_args!("{schema:#}"))?;
        }
        ConfigCommand::Show { origin, all } => {
            let shown = place::load(&ctx.global, &ctx.env, Vec::new())?.show(*all);
            ctx.screen.answer(&json!(shown), || {
                let text = |value: &Value| match value {
                    Value::String(text) => text.clone(),
                    Value::Null => "–".to_owned(),
                    other => other.to_string(),
                };
                if *origin {
                    let row = |one: &vaultpilot_config::Shown| {
                        [one.path.clone(), text(&one.value), one.origin.clone()]
                    };
                    let rows = shown.iter().map(row).collect();
                    ctx.screen.table(["path", "value", "origin"], rows)
                } else {
                    let row = |one: &vaultpilot_config::Shown| [one.path.clone(), text(&one.value)];
                    ctx.screen
                        .table(["path", "value"], shown.iter().map(row).collect())
                }
            })?;
        }
        ConfigCommand::Check => {
            let loaded = place::load(&ctx.global, &ctx.env, Vec::new())?;
            for name in &loaded.unused_env {
                ctx.screen
                    .talk(format_args!("warning: {name} is set and means nothing"));
            }
            let enabled: Vec<String> = loaded
                .config
                .enabled_chains()
                .map(|(id, _)| id.to_string())
                .collect();
            let file = loaded.file.as_ref().map(|path| path.display().to_string());
            let answer = json!({
                "valid": true, "file": file, "chains": enabled, "unused_env": loaded.unused_env,
            });
            ctx.screen.answer(&answer, || {
                let file = file
                    .as_deref()
                    .unwrap_or("no file, defaults and environment");
                let chains = match enabled.as_slice() {
                    [] => "no chain is enabled".to_owned(),
                    chains => format!("chains: {}", chains.join(", ")),
                };
                format!("configuration is valid ({file}); {chains}")
            })?;
        }
    }
    Ok(Exit::Ok)
}
