//! Writes the reference pages from the code, so that they cannot disagree with it.

mod cli_page;
mod code_page;
mod tool_page;

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub struct CodegenArgs {
    /// The root of the repository; pages go to docs/reference below it
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

pub(super) fn run(args: &CodegenArgs, ctx: &Context) -> Result<Exit, Failure> {
    let json = |value: serde_json::Value| format!("{value:#}\n");
    let pages = [
        ("cli.md", cli_page::page()),
        ("config.md", vaultpilot_config::reference()),
        (
            "config.schema.json",
            json(json!(vaultpilot_config::schema())),
        ),
        ("control-api.md", vaultpilot_config::hosted_reference()),
        (
            "control-api.schema.json",
            json(json!(vaultpilot_config::hosted_schema())),
        ),
        ("codes.md", code_page::page()),
        ("tools.md", tool_page::page()),
        ("tools.json", json(vaultpilot_tenant_runtime::tool_list())),
        (
            "openapi.json",
            json(vaultpilot_control_api::openapi(env!("CARGO_PKG_VERSION"))),
        ),
    ];
    let folder = args.out.join("docs/reference");
    std::fs::create_dir_all(&folder).map_err(|source| Failure::Write {
        path: folder.clone(),
        source,
    })?;
    for (name, text) in pages {
        write(ctx, &folder.join(name), &text)?;
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
