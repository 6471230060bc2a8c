//! Approvals: what waits for a person, and the person's answer.

use clap::Subcommand;
use serde_json::{Value, json};
use vaultpilot_ports::control_plane::ApprovalView;

use super::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::rest::{Rest, segment, view};
use crate::screen::{Tone, second};

#[derive(Debug, Subcommand)]
pub enum ApprovalCommand {
    /// List approvals that wait, or all
    List {
        /// Also those that are decided or over
        #[arg(long)]
        all: bool,
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Show one approval
    Show { id: String },
    /// Say yes. The payment is judged once more and goes out
    Approve {
        id: String,
        /// The one-time code, shown where `vaultpilot up` runs
        #[arg(long)]
        code: Option<String>,
    },
    /// Say no
    Reject {
        id: String,
        /// Why, for the agent and the audit log
        #[arg(long)]
        reason: Option<String>,
    },
}

pub(super) async fn run(command: &ApprovalCommand, ctx: &Context) -> Result<Exit, Failure> {
    let rest = ctx.rest()?;
    match command {
        ApprovalCommand::List { all, limit } => list(ctx, &rest, !all, *limit).await,
        ApprovalCommand::Show { id } => {
            let answer = rest.get(&path(id)).await?;
            ctx.screen.answer(&answer, || text(&answer))?;
            Ok(Exit::Ok)
        }
        ApprovalCommand::Approve { id, code } => approve(ctx, &rest, id, code.clone()).await,
        ApprovalCommand::Reject { id, reason } => {
            let body = json!({ "reason": reason });
            let answer = rest.post(&format!("{}/reject", path(id)), body).await?;
            decided(ctx, &answer)?;
            Ok(Exit::Ok)
        }
    }
}

fn path(id: &str) -> String {
    format!("approvals/{}", segment(id))
}

async fn list(
    ctx: &Context,
    rest: &Rest,
    waiting_only: bool,
    limit: usize,
) -> Result<Exit, Failure> {
    let items = rest
        .list(&format!("approvals?waiting_only={waiting_only}"), limit)
        .await?;
    let approvals: Vec<ApprovalView> = items.iter().map(view).collect::<Result<_, _>>()?;
    if approvals.is_empty() {
        ctx.screen.talk(if waiting_only {
            "Nothing waits for a person."
        } else {
            "No approvals yet."
        });
    }
    ctx.screen.answer(&json!({ "items": items }), || {
        if approvals.is_empty() {
            return String::new();
        }
        let row = |approval: &ApprovalView| {
            let code = if approval.code_required { "code" } else { "" };
            [
                approval.id.clone(),
                approval.state.clone(),
                approval.summary.clone(),
                second(&approval.expires_at),
                code.to_owned(),
            ]
        };
        let head = ["approval", "state", "what", "expires", "needs"];
        ctx.screen.table(head, approvals.iter().map(row).collect())
    })?;
    Ok(Exit::Ok)
}

async fn approve(
    ctx: &Context,
    rest: &Rest,
    id: &str,
    code: Option<String>,
) -> Result<Exit, Failure> {
    let approval: ApprovalView = view(&rest.get(&path(id)).await?)?;
    let code = match code {
        None if approval.code_required && approval.state == "waiting" => {
            ctx.screen.talk(format_args!(
                "{}\nasked by {}",
                approval.summary, approval.requested_by
            ));
            let question = "One-time code, as `vaultpilot up` shows it:";
            let given = ctx.screen.ask(question);
            Some(given.ok_or_else(|| Failure::CodeNeeded {
                approval: id.to_owned(),
            })?)
        }
        code => code,
    };
    let answer = rest
        .post(&format!("{}/approve", path(id)), json!({ "code": code }))
        .await?;
    decided(ctx, &answer)?;
    let state = answer.pointer("/payment/status").and_then(Value::as_str);
    // A yes can still be followed by a no: everything is judged again.
    Ok(match state {
        Some("denied") => Exit::Denied,
        Some("failed") => Exit::Failed,
        _ => Exit::Ok,
    })
}

fn decided(ctx: &Context, answer: &Value) -> Result<(), Failure> {
    ctx.screen.answer(answer, || {
        let approval = answer.get("approval").unwrap_or(answer);
        let word = |value: &Value, key: &str| {
            value
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let state = word(approval, "state");
        let tone = if state == "approved" {
            Tone::Good
        } else {
            Tone::Careful
        };
        let mut text = format!(
            "{}: {}",
            ctx.screen.paint(tone, &state),
            word(approval, "summary")
        );
        if let Some(transaction) = answer
            .pointer("/payment/transaction")
            .filter(|t| !t.is_null())
        {
            let (id, state) = (word(transaction, "id"), word(transaction, "state"));
            text = format!("{text}\ntransaction {id} is {state}");
        }
        text
    })?;
    if let Some(id) = answer
        .pointer("/payment/transaction/id")
        .and_then(Value::as_str)
    {
        ctx.screen
            .talk(format_args!("next: vaultpilot transaction wait {id}"));
    }
    Ok(())
}

fn text(answer: &Value) -> String {
    let Ok(approval) = view::<ApprovalView>(answer) else {
        return format!("{answer:#}");
    };
    let code = if approval.code_required { "yes" } else { "no" };
    let mut lines = vec![
        ("approval", approval.id),
        ("what", approval.summary),
        ("state", approval.state),
        ("asked by", approval.requested_by),
        ("transaction", approval.transaction_id),
        ("digest", approval.action_digest),
        ("code", code.to_owned()),
        ("expires", approval.expires_at),
    ];
    if let Some(by) = approval.decided_by {
        lines.push(("decided by", by));
    }
    if let Some(how) = approval.how {
        lines.push(("next", how));
    }
    let lines: Vec<String> = lines
        .into_iter()
        .map(|(name, value)| format!("{name:<12} {value}"))
        .collect();
    lines.join("\n")
}
