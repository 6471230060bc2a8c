//! The judgement.
use crate::{Decision, Facts, Outcome, PolicySet};
pub fn decide(set: &PolicySet, _facts: &Facts<'_>) -> Decision {
    Decision { outcome: Outcome::Deny, policy_version: set.version(), matched_rules: vec![], reasons: vec![] }
}
