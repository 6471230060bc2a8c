//! Asking people. Several rules may ask; the tightest of each term holds.

use std::collections::BTreeSet;

use super::Verdict;
use crate::{ApprovalTerms, Approvers, Policy, Reason, policy::Terms};

pub(super) fn ask(policy: &Policy, terms: &Terms, reason: Reason, verdict: &mut Verdict) {
    verdict.ask(reason, of(policy, terms));
}

fn of(policy: &Policy, terms: &Terms) -> ApprovalTerms {
    let lists = Some(terms.of.clone()).filter(|list| !list.is_empty());
    ApprovalTerms {
        quorum: terms.quorum,
        of: Approvers(lists.into_iter().collect::<BTreeSet<_>>()),
        ttl: terms.ttl,
        code: terms.code,
        policy: policy.name.clone(),
    }
}

/// Commutative and associative, so that no order of policies can be seen.
pub(super) fn tighter(a: ApprovalTerms, b: ApprovalTerms) -> ApprovalTerms {
    ApprovalTerms {
        quorum: a.quorum.max(b.quorum),
        of: Approvers(a.of.0.into_iter().chain(b.of.0).collect()),
        ttl: a.ttl.min(b.ttl),
        code: a.code || b.code,
        policy: a.policy.min(b.policy),
    }
}
