//! Deleting: what blocks is told, and nothing is hurried.

use vaultpilot_core::Timestamp;
use vaultpilot_crds::tenant::BlockedDeletion;
use vaultpilot_crds::value::Sentence;

use crate::mark::OWNER_ANNOTATION;
use crate::moment::moment;
use crate::reason::Reason;
use crate::truth::{Finding, Findings, Truth, Weight, sentence};

pub const CONDITION: &str = "DeletionBlocked";

/// Who is in the way, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocker {
    pub reason: String,
    pub by: Vec<String>,
    pub message: String,
}

impl Blocker {
    pub fn new(reason: Reason, by: Vec<String>, message: impl Into<String>) -> Self {
        Self {
            reason: reason.to_string(),
            by,
            message: message.into(),
        }
    }

    /// The record cannot be let go: whose it is cannot be told any more.
    pub fn unmarked(namespace: &str) -> Self {
        let message = format!(
            "namespace {namespace} has lost the operator's marks, so the record cannot be let go; put \
             app.kubernetes.io/managed-by and {OWNER_ANNOTATION} back as they were"
        );
        Self::new(
            Reason::NoTenant,
            vec![format!("Namespace/{namespace}")],
            message,
        )
    }

    /// As conditions have it.
    pub fn tell(&self, findings: &mut Findings) {
        findings.add(Finding {
            condition: CONDITION,
            truth: Truth::True,
            reason: self.reason.clone().into(),
            message: self.message.clone(),
            weight: Weight::Blocks,
        });
    }

    /// As the status has it: since when does not change while it is blocked.
    pub fn status(&self, before: Option<&BlockedDeletion>, now: Timestamp) -> BlockedDeletion {
        let since = before.and_then(|before| before.since.clone());
        BlockedDeletion {
            blocked_by: self
                .by
                .iter()
                .take(32)
                .map(|who| Sentence(sentence(who)))
                .collect(),
            since: since.or(Some(moment(now))),
        }
    }
}
