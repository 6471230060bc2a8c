//! Policies.

mod apply;
mod judge;

use std::path::PathBuf;

use clap::Subcommand;
use serde::Deserialize as _;
use serde_json::{Value, json};
use vaultpilot_policy::Document;

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::rest::segment;
use crate::screen::second;

#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Put policies in force, each wholly or not at all
    Apply {
        /// YAML (one or several documents) or JSON; `-` is standard input
        #[arg(short, long, value_name = "FILE")]
        file: PathBuf,
        /// Say what would change, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// List policies
    List,
    /// Print a policy as YAML, ready to be edited and applied
    Get { name: String },
    /// Remove a policy
    Delete { name: String },
    /// Ask what a payment would get, without making it
    Test(judge::TestArgs),
}

pub(super) async fn run(command: &PolicyCommand, ctx: &Context) -> Result<Exit, Failure> {
    let rest = ctx.rest()?;
    match command {
        PolicyCommand::Apply { file, dry_run } => apply::run(ctx, &rest, file, *dry_run).await?,
        PolicyCommand::Test(args) => return judge::run(ctx, &rest, args).await,
        PolicyCommand::List => {
            let answer = rest.get("policies").await?;
            if items(&answer).is_empty() {
                ctx.screen.talk(
                    "There is no policy, so nothing is allowed. Next: vaultpilot policy apply -f FILE",
                );
            }
            ctx.screen.answer(&answer, || {
                let rows: Vec<[String; 3]> = items(&answer).iter().map(row).collect();
                if rows.is_empty() {
                    String::new()
                } else {
                    table(ctx, rows)
                }
            })?;
        }
        PolicyCommand::Get { name } => {
            let answer = rest.get(&format!("policies/{}", segment(name))).await?;
            let document = answer.get("document").cloned().unwrap_or_default();
            ctx.screen.answer(&answer, || yaml(&document))?;
        }
        PolicyCommand::Delete { name } => {
            let answer = rest.delete(&format!("policies/{}", segment(name))).await?;
            let answer = if answer.is_null() {
                json!({ "deleted": name })
            } else {
                answer
            };
            ctx.screen
                .answer(&answer, || format!("policy {name} deleted"))?;
        }
    }
    Ok(Exit::Ok)
}

fn items(answer: &Value) -> &[Value] {
    answer
        .get("items")
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn row(item: &Value) -> [String; 3] {
    let text = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
    [
        text("name").to_owned(),
        text("layer").to_owned(),
        second(text("updated_at")),
    ]
}

fn table(ctx: &Context, rows: Vec<[String; 3]>) -> String {
    ctx.screen.table(["policy", "layer", "updated"], rows)
}

/// As YAML in the order people write it; JSON is YAML too, should that fail.
fn yaml(document: &Value) -> String {
    let typed = Document::deserialize(document).ok();
    let text = typed.and_then(|document| serde_saphyr::to_string(&document).ok());
    text.unwrap_or_else(|| format!("{document:#}"))
}
