//! What a judgement says.

use vaultpilot_core::Asset;
use vaultpilot_policy::{ApprovalTerms, Approvers, Decision, Outcome, Reason, RuleRef};

use super::{Wire, WireError, at, mirror};
use crate::pb;

mirror!(Asset as pb::Asset { chain, token });
mirror!(RuleRef as pb::RuleRef { policy, rule });
mirror!(Reason as pb::Reason {
    code,
    message,
    policy,
    rule,
    asset,
    limit,
    used,
    requested,
    remaining,
    would_pass,
    resets_at,
    retryable,
});
mirror!(ApprovalTerms as pb::ApprovalTerms {
    quorum,
    of,
    code,
    policy,
} required { ttl });

impl Wire<Approvers> for Vec<pb::ApproverChoice> {
    fn write(value: Approvers) -> Self {
        let choices = value.0.into_iter();
        choices
            .map(|names| pb::ApproverChoice {
                names: names.into_iter().collect(),
            })
            .collect()
    }

    fn read(self) -> Result<Approvers, WireError> {
        let choices = self.into_iter();
        Ok(Approvers(
            choices
                .map(|choice| choice.names.into_iter().collect())
                .collect(),
        ))
    }
}

impl Wire<Outcome> for pb::decision::Outcome {
    fn write(value: Outcome) -> Self {
        match value {
            Outcome::Allow => Self::Allow(pb::Allow {}),
            Outcome::NeedsApproval(terms) => Self::NeedsApproval(Wire::write(terms)),
            Outcome::Deny => Self::Deny(pb::Deny {}),
        }
    }

    fn read(self) -> Result<Outcome, WireError> {
        Ok(match self {
            Self::Allow(pb::Allow {}) => Outcome::Allow,
            Self::NeedsApproval(terms) => Outcome::NeedsApproval(at("terms", terms.read())?),
            Self::Deny(pb::Deny {}) => Outcome::Deny,
        })
    }
}

mirror!(Decision as pb::Decision {
    policy_version,
    matched_rules,
    reasons,
} required { outcome });
