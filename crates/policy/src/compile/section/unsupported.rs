//! What the format knows and this version does not enforce. It is refused, because a rule that
//! looks written and does nothing is the worst of policies.

use super::Problem;
use crate::document::{DenyWord, MessageRule, Mode, SignatureRules, Spec, TypedDataRules};

pub(super) fn refuse(spec: &Spec, problems: &mut Vec<Problem>) {
    if spec.mode == Mode::Monitor {
        let path = "spec.mode".to_owned();
        problems.push(Problem::Unsupported {
            path,
            what: ": monitor",
        });
    }
    for (index, approval) in spec.approvals.iter().enumerate() {
        if approval.require.quorum > 1 {
            let path = format!("spec.approvals[{index}].require.quorum");
            problems.push(Problem::Unsupported {
                path,
                what: " above 1",
            });
        }
    }
    let mut refuse = |path: &str, written: bool| {
        if written {
            problems.push(Problem::Unsupported {
                path: path.to_owned(),
                what: "",
            });
        }
    };
    refuse("spec.contracts", !spec.contracts.is_empty());
    refuse("spec.allowances", spec.allowances.is_some());
    signatures(&spec.signatures, &mut refuse);
    refuse("spec.gas.dailyBudget", spec.gas.daily_budget.is_some());
    refuse("spec.swap", spec.swap.is_some());
    refuse("spec.schedule", spec.schedule.is_some());
}

fn signatures(rules: &SignatureRules, refuse: &mut impl FnMut(&str, bool)) {
    let SignatureRules {
        message,
        typed_data,
        raw_hash,
        authorization_7702,
    } = rules;
    let denies = |word: &DenyWord| matches!(word, DenyWord::Deny);
    refuse(
        "spec.signatures.message",
        !matches!(message, MessageRule::Word(DenyWord::Deny)),
    );
    let listed = match typed_data {
        TypedDataRules::Word(word) => !denies(word),
        TypedDataRules::List(list) => !list.is_empty(),
    };
    refuse("spec.signatures.typedData", listed);
    refuse("spec.signatures.rawHash", !denies(raw_hash));
    refuse(
        "spec.signatures.authorization7702",
        !denies(authorization_7702),
    );
}
