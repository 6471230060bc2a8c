//! Writes the reference pages from the code, so that they cannot disagree with it.

mod cli_page;
mod code_page;

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub struct CodegenArgs {
    /// The folder `docs/reference`
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

pub(super) fn run(args: &CodegenArgs, ctx: &Context) -> Result<Exit, Failure> {
    let schema = format!("{:#}\n", json!(vaultpilot_config::schema()));
    let pages = [
        ("cli.md", cli_page::page()),
        ("config.md", vaultpilot_config::reference()),
        ("config.schema.json", schema),
        ("codes.md", code_page::page()),
    ];
    std::fs::create_dir_all(&args.out).map_err(|source| Failure::Write {
        path: args.out.clone(),
        source,
    })?;
    for (name, text) in pages {
        write(ctx, &args.out.join(name), &text)?;
    }
    Ok(Exit::Ok)
}

/// Leaves a file that is right already untouched, so that nothing is rebuilt for its date.
fn write(ctx: &Context, path: &Path, text: &str) -> Result<(), Failure> {
    if std::fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    std::fs::write(path, text).map_err(|source| Failure::Write {
        path: path.to_owned(),
        source,
    })?;
    Ok(ctx.screen.line(path.display())?)
}
