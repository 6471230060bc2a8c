//! Strategies.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::rest::segment;

#[derive(Debug, Subcommand)]
pub enum StrategyCommand {
    /// List all strategies
    List,
    /// Show one strategy, and how far it has come
    Show(StrategyName),
    /// Let a strategy rest
    Suspend {
        #[command(flatten)]
        strategy: StrategyName,
        /// Why, for the audit log
        #[arg(long)]
        reason: String,
    },
    /// Let a suspended strategy run again, from its next time on
    Resume(StrategyName),
}

#[derive(Debug, Args)]
pub struct StrategyName {
    #[arg(value_name = "STRATEGY")]
    pub name: String,
}

impl StrategyName {
    fn path(&self) -> String {
        format!("strategies/{}", segment(&self.name))
    }
}

pub(super) async fn run(command: &StrategyCommand, ctx: &Context) -> Result<Exit, Failure> {
    let rest = ctx.rest()?;
    let answer = match command {
        StrategyCommand::List => {
            let items = rest.list("strategies", 10_000).await?;
            if items.is_empty() {
                ctx.screen.talk("There is no strategy yet.");
            }
            ctx.screen.answer(&json!({ "items": items }), || {
                if items.is_empty() {
                    return String::new();
                }
                let head = ["strategy", "wallet", "pays", "state", "next run"];
                ctx.screen.table(head, items.iter().map(row).collect())
            })?;
            return Ok(Exit::Ok);
        }
        StrategyCommand::Show(strategy) => rest.get(&strategy.path()).await?,
        StrategyCommand::Suspend { strategy, reason } => {
            let path = format!("{}/suspend", strategy.path());
            rest.post(&path, json!({ "reason": reason })).await?
        }
        StrategyCommand::Resume(strategy) => {
            let path = format!("{}/resume", strategy.path());
            rest.post(&path, json!({})).await?
        }
    };
    ctx.screen.answer(&answer, || one(&answer))?;
    Ok(Exit::Ok)
}

fn row(item: &Value) -> [String; 5] {
    let pays = format!("{} to {}", text(item, "amount"), text(item, "to"));
    [
        text(item, "name"),
        text(item, "wallet"),
        pays,
        text(item, "state"),
        text(item, "next_run_at"),
    ]
}

fn one(item: &Value) -> String {
    let fields = [
        "name",
        "wallet",
        "chain",
        "to",
        "asset",
        "amount",
        "state",
        "reason",
        "next_run_at",
        "spent_total",
    ];
    let lines: Vec<String> = fields
        .iter()
        .filter(|field| item.get(**field).is_some())
        .map(|field| format!("{field:<12} {}", text(item, field)))
        .collect();
    lines.join("\n")
}

fn text(item: &Value, name: &str) -> String {
    let text = item.get(name).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}
