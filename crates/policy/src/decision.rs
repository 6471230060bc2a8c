//! What a judgement says, in the form it is stored, audited and told.

use std::{collections::BTreeSet, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_core::Label;

use crate::{PolicyVersion, Reason, document::span};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    #[serde(flatten)]
    pub outcome: Outcome,
    pub policy_version: PolicyVersion,
    /// The rules that made the outcome, sorted.
    pub matched_rules: Vec<RuleRef>,
    /// Why it is not a plain allow, sorted; empty when it is.
    pub reasons: Vec<Reason>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "outcome", content = "approval_terms", rename_all = "snake_case")]
pub enum Outcome {
    Allow,
    NeedsApproval(ApprovalTerms),
    Deny,
}

/// What the people must do, the tightest of all rules that ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApprovalTerms {
    /// How many must agree.
    pub quorum: u32,
    pub of: Approvers,
    /// How long the question stays open.
    #[serde(with = "span::text")]
    #[schemars(with = "String")]
    pub ttl: Duration,
    /// Whether a one-time code is needed.
    pub code: bool,
    /// The policy that asks; the first by name when several do.
    pub policy: Label,
}

/// Whose agreement counts. Every inner list must be met by at least one of its names; no list at
/// all means anybody who may approve.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Approvers(pub BTreeSet<BTreeSet<String>>);

impl Approvers {
    /// Whether people known by these names and `group:<name>`s suffice.
    pub fn admit(&self, names: &[String]) -> bool {
        self.0
            .iter()
            .all(|any| names.iter().any(|name| any.contains(name)))
    }
}

/// A rule and the policy it stands in.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct RuleRef {
    pub policy: Label,
    /// Its path below `spec`, such as `assets[0].perTx`.
    pub rule: String,
}

impl Decision {
    pub const fn is_allow(&self) -> bool {
        matches!(self.outcome, Outcome::Allow)
    }

    pub const fn is_deny(&self) -> bool {
        matches!(self.outcome, Outcome::Deny)
    }

    /// What the people must do, if they must.
    pub const fn approval(&self) -> Option<&ApprovalTerms> {
        match &self.outcome {
            Outcome::NeedsApproval(terms) => Some(terms),
            Outcome::Allow | Outcome::Deny => None,
        }
    }

    /// One line for people: `denied (per_tx_limit): …`.
    pub fn headline(&self) -> String {
        let word = match self.outcome {
            Outcome::Allow => return "allowed".to_owned(),
            Outcome::NeedsApproval(_) => "needs approval",
            Outcome::Deny => "denied",
        };
        let Some(first) = self.reasons.first() else {
            return word.to_owned();
        };
        let more = match self.reasons.len().saturating_sub(1) {
            0 => String::new(),
            1 => " (and 1 more reason)".to_owned(),
            n => format!(" (and {n} more reasons)"),
        };
        format!("{word} ({}): {}{more}", first.code.as_str(), first.message)
    }
}
