//! Policies.

mod apply;
mod judge;

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::{Value, json};

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::rest::segment;

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
    ["name", "layer", "updated_at"].map(|key| {
        let text = item.get(key).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    })
}

fn table(ctx: &Context, rows: Vec<[String; 3]>) -> String {
    ctx.screen.table(["policy", "layer", "updated"], rows)
}

/// As YAML; JSON is YAML too, should that fail.
fn yaml(document: &Value) -> String {
    serde_saphyr::to_string(document).unwrap_or_else(|_| format!("{document:#}"))
}
