//! What would a payment get?

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use vaultpilot_policy::{Decision, Document, Outcome};

use super::apply::{read, shown};
use crate::command::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::rest::{Rest, view};
use crate::screen::{Screen, Tone};

#[derive(Debug, Args)]
#[command(
    after_help = "Exits with 0 when it would pass or a person would be asked, with 4 when it \
                        would be denied."
)]
pub struct TestArgs {
    /// Label or id of the wallet that would pay
    #[arg(long)]
    pub wallet: String,
    /// CAIP-2 id, such as eip155:8453
    #[arg(long)]
    pub chain: String,
    /// Address that would be paid
    #[arg(long)]
    pub to: String,
    /// In token units, such as 0.05
    #[arg(long)]
    pub amount: String,
    /// `native` or a token's address
    #[arg(long, default_value = "native")]
    pub asset: String,
    /// The agent that would ask
    #[arg(long)]
    pub agent: Option<String>,
    /// The tool that would be called
    #[arg(long)]
    pub tool: Option<String>,
    /// A draft that stands in the place of the policy of its name; `-` is standard input
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    pub draft: Option<PathBuf>,
}

pub(super) async fn run(ctx: &Context, rest: &Rest, args: &TestArgs) -> Result<Exit, Failure> {
    let draft = match &args.draft {
        Some(path) => {
            let document = Document::from_yaml(&read(path)?).map_err(|source| Failure::Policy {
                path: shown(path),
                source,
            })?;
            Some(document)
        }
        None => None,
    };
    let mut request = json!({
        "wallet": args.wallet, "chain": args.chain, "to": args.to,
        "asset": args.asset, "amount": args.amount,
    });
    for (name, value) in [("agent", &args.agent), ("tool", &args.tool)] {
        if let Some(value) = value {
            request[name] = json!(value);
        }
    }
    let mut body = json!({ "request": request });
    if let Some(draft) = draft {
        body["draft"] = json!(draft);
    }
    let answer = rest.post("policies/test", body).await?;
    let decision: Decision = view(answer.get("decision").unwrap_or(&Value::Null))?;
    ctx.screen
        .answer(&answer, || text(&ctx.screen, &decision))?;
    Ok(if decision.is_deny() {
        Exit::Denied
    } else {
        Exit::Ok
    })
}

/// A decision for people: the headline, then each reason with its numbers.
pub(crate) fn text(screen: &Screen, decision: &Decision) -> String {
    let tone = match decision.outcome {
        Outcome::Allow => Tone::Good,
        Outcome::NeedsApproval(_) => Tone::Careful,
        Outcome::Deny => Tone::Bad,
    };
    let word = match decision.outcome {
        Outcome::Allow => "allowed",
        Outcome::NeedsApproval(_) => "needs approval",
        Outcome::Deny => "denied",
    };
    let mut lines = vec![screen.paint(tone, word)];
    for reason in &decision.reasons {
        lines.push(format!("  {}: {}", reason.code.as_str(), reason.message));
        let numbers = [
            ("limit", &reason.limit),
            ("used", &reason.used),
            ("requested", &reason.requested),
            ("left", &reason.remaining),
            ("would pass", &reason.would_pass),
        ];
        let numbers: Vec<String> = numbers
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name} {}", value.as_deref()?)))
            .collect();
        if !numbers.is_empty() {
            lines.push(format!("    {}", numbers.join(" · ")));
        }
        if let (Some(policy), Some(rule)) = (&reason.policy, &reason.rule) {
            lines.push(format!("    by {policy} {rule}"));
        }
    }
    if decision.reasons.is_empty() && !decision.matched_rules.is_empty() {
        let rules = decision
            .matched_rules
            .iter()
            .map(|r| format!("{} {}", r.policy, r.rule));
        lines.push(format!("  by {}", rules.collect::<Vec<_>>().join(", ")));
    }
    lines.join("\n")
}
