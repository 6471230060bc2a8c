//! One step as people see it.

use serde_json::json;
use vaultpilot_policy::Outcome;
use vaultpilot_ports::control_plane::{PaymentStatus, PaymentView};

use crate::command::Context;
use crate::failure::Failure;
use crate::screen::Tone;

/// What a step showed.
pub(super) struct Shown {
    pub tone: Tone,
    pub lines: Vec<String>,
}

impl Shown {
    pub(super) fn good(line: impl Into<String>) -> Self {
        Self {
            tone: Tone::Good,
            lines: vec![line.into()],
        }
    }

    /// A payment: how far it came, and what policy said to it.
    pub(super) fn payment(payment: &PaymentView) -> Self {
        let tone = match payment.status {
            PaymentStatus::Denied | PaymentStatus::Failed => Tone::Bad,
            PaymentStatus::PendingApproval | PaymentStatus::Ambiguous => Tone::Careful,
            _ => Tone::Good,
        };
        let status = payment.status.as_str();
        let said = payment.message.starts_with(status);
        let mut lines = vec![if said {
            payment.message.clone()
        } else {
            format!("{status}: {}", payment.message)
        }];
        let word = match payment.decision.outcome {
            Outcome::Allow => "allow",
            Outcome::NeedsApproval(_) => "needs approval",
            Outcome::Deny => "deny",
        };
        let reasons: Vec<&str> = payment
            .decision
            .reasons
            .iter()
            .map(|reason| reason.code.as_str())
            .collect();
        lines.push(
            format!("decision: {word} {}", reasons.join(", "))
                .trim_end()
                .to_owned(),
        );
        for reason in &payment.decision.reasons {
            let numbers = [
                ("requested", &reason.requested),
                ("limit", &reason.limit),
                ("would pass", &reason.would_pass),
            ];
            let numbers: Vec<String> = numbers
                .into_iter()
                .filter_map(|(name, value)| Some(format!("{name} {}", value.as_deref()?)))
                .collect();
            if !numbers.is_empty() {
                lines.push(format!("{}: {}", reason.code.as_str(), numbers.join(" · ")));
            }
        }
        if let Some(tx) = payment.transaction.as_ref().and_then(|t| t.tx.as_ref()) {
            lines.push(format!("on the chain: {}", tx.hash));
        }
        Self { tone, lines }
    }
}

/// Says what is about to happen.
pub(super) fn announce(ctx: &Context, number: u32, title: &str, call: &str) -> Result<(), Failure> {
    if ctx.screen.is_json() {
        return Ok(());
    }
    let number = ctx.screen.paint(Tone::Strong, format_args!("{number:>2}"));
    Ok(ctx.screen.line(format_args!(
        "{number}  {title}\n    {}",
        ctx.screen.paint(Tone::Faint, call)
    ))?)
}

/// Shows what came of it.
pub(super) fn show(
    ctx: &Context,
    number: u32,
    title: &str,
    shown: &Shown,
    millis: u128,
) -> Result<(), Failure> {
    if ctx.screen.is_json() {
        let value = json!({ "step": number, "title": title, "result": shown.lines, "ms": millis });
        return Ok(ctx.screen.line(value)?);
    }
    let mark = match shown.tone {
        Tone::Bad => "✗",
        Tone::Careful => "◐",
        _ => "✓",
    };
    let mut lines = shown.lines.iter();
    if let Some(first) = lines.next() {
        let mark = ctx.screen.paint(shown.tone, mark);
        ctx.screen
            .line(format_args!("    {mark} {first}  ({millis} ms)"))?;
    }
    for line in lines {
        ctx.screen.line(format_args!("      {line}"))?;
    }
    Ok(())
}
