//! `control-api config`: the configuration itself.

use std::fmt::Write as _;

use serde_json::json;
use vaultpilot_config::{hosted_reference, hosted_schema};

use super::Context;
use crate::cli::ConfigCommand;
use crate::failure::Failure;

pub(super) fn run(ctx: &Context, command: &ConfigCommand) -> Result<(), Failure> {
    match command {
        ConfigCommand::Check => check(ctx),
        ConfigCommand::Schema => Context::line(format_args!("{:#}", json!(hosted_schema()))),
        ConfigCommand::Reference => Context::line(hosted_reference().trim_end()),
    }
}

fn check(ctx: &Context) -> Result<(), Failure> {
    let loaded = ctx.load()?;
    let file = loaded.file.as_ref().map(|file| file.display().to_string());
    let chains: Vec<String> = loaded
        .config
        .enabled_chains()
        .map(|(id, _)| id.to_string())
        .collect();
    let found = json!({
        "file": file,
        "chains": chains,
        "unused_variables": loaded.unused_env,
    });
    let mut words = format!("{}: fine", file.as_deref().unwrap_or("environment"));
    for name in &loaded.unused_env {
        // Writing to a String cannot fail.
        let _ = write!(words, "\n{name} looks like a setting and is none");
    }
    ctx.answer(&found, &words)
}
