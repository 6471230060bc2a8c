//! How a tenant's runtime reads while its control plane is away.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_policy::document::Span;

use super::{Rule, Section};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Snapshot {
    /// How long what was known last may be told after the control plane went away.
    pub max_age: Span,
    /// Reads that may be owed to the audit log; with so many, none is answered any more.
    pub max_queued_reads: u64,
}

impl Default for Snapshot {
    fn default() -> Self {
        Self {
            max_age: Span::seconds(600),
            max_queued_reads: 1000,
        }
    }
}

impl Section for Snapshot {
    fn validate(&self) -> Vec<(&'static str, Rule)> {
        let mut broken = Vec::new();
        // The control plane takes down reads of callers whose context ended 15 minutes ago at most.
        let (given, least, most) = (self.max_age.duration().as_secs(), 0, 600);
        if given > most {
            broken.push(("max_age", Rule::OutOfRange { given, least, most }));
        }
        let (given, least, most) = (self.max_queued_reads, 1, 100_000);
        if !(least..=most).contains(&given) {
            broken.push(("max_queued_reads", Rule::OutOfRange { given, least, most }));
        }
        broken
    }
}
