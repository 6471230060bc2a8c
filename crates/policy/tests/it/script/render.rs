//! Decisions and errors as a transcript shows them.

use std::error::Error;

use vaultpilot_policy::{Decision, Outcome, Reason, document::Span};

pub(crate) fn decision(decision: &Decision) -> Vec<String> {
    let first = match &decision.outcome {
        Outcome::Allow => "allow".to_owned(),
        Outcome::Deny => "deny".to_owned(),
        Outcome::NeedsApproval(terms) => {
            let of: Vec<String> = terms.of.0.iter().map(|any| format!("{any:?}")).collect();
            let of = if of.is_empty() {
                "anybody".to_owned()
            } else {
                of.join(" and ")
            };
            let code = if terms.code { "code" } else { "no code" };
            let ttl = Span::from(terms.ttl);
            format!(
                "ask {} of {of} within {ttl}, {code} (policy {})",
                terms.quorum, terms.policy
            )
        }
    };
    let rules: Vec<String> = decision
        .matched_rules
        .iter()
        .map(|rule| format!("{}/{}", rule.policy, rule.rule))
        .collect();
    let by = if rules.is_empty() {
        String::new()
    } else {
        format!(" by {}", rules.join(", "))
    };
    let mut lines = vec![format!("{first}{by}")];
    lines.extend(decision.reasons.iter().flat_map(reason));
    lines
}

fn reason(reason: &Reason) -> Vec<String> {
    let retryable = if reason.retryable { " (retryable)" } else { "" };
    let mut lines = vec![format!("- {}{retryable}: {}", reason.code, reason.message)];
    let facts = [
        ("limit", reason.limit.clone()),
        ("used", reason.used.clone()),
        ("requested", reason.requested.clone()),
        ("remaining", reason.remaining.clone()),
        ("would pass", reason.would_pass.clone()),
        ("resets at", reason.resets_at.map(|at| at.to_string())),
    ];
    let facts: Vec<String> = facts
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| format!("{name} {value}")))
        .collect();
    if !facts.is_empty() {
        lines.push(format!("  {}", facts.join(", ")));
    }
    lines
}

/// The whole chain, one line a link.
pub(crate) fn error(error: &dyn Error) -> Vec<String> {
    let mut lines = vec![format!("refused: {error}")];
    let mut source = error.source();
    while let Some(cause) = source {
        lines.extend(cause.to_string().lines().map(|line| format!("  {line}")));
        source = cause.source();
    }
    lines.retain(|line| !line.trim().is_empty());
    lines
}
