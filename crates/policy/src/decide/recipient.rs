//! Who is paid. Deny lists are read elsewhere, over all policies; here is the rest.

use vaultpilot_core::{Address, clock};

use super::{Verdict, approval, demand::Spend, words::span};
use crate::{Facts, Policy, Reason, ReasonCode, document::NewRecipient, policy::Terms};

pub(super) fn judge(policy: &Policy, spend: &Spend, facts: &Facts<'_>, verdict: &mut Verdict) {
    let unlisted = |recipient: &&Address| !policy.recipients.allow.contains(*recipient);
    for recipient in spend.recipients.iter().filter(unlisted) {
        match policy.recipients.new {
            NewRecipient::Allow => {}
            NewRecipient::Deny => {
                let message = format!(
                    "policy {} pays only the recipients it lists; {recipient} is not one",
                    policy.name
                );
                let reason = Reason::new(ReasonCode::RecipientNotAllowed, message);
                verdict.deny(reason.at(policy, "recipients.newRecipient"));
            }
            NewRecipient::Approve => approve(policy, *recipient, facts, verdict),
        }
    }
}

fn approve(policy: &Policy, recipient: Address, facts: &Facts<'_>, verdict: &mut Verdict) {
    let cooldown = policy.recipients.cooldown;
    let first_paid = facts
        .recipients
        .get(&recipient)
        .map(|known| known.first_paid_at);
    if first_paid.is_some_and(|at| at <= clock::before(facts.now, cooldown)) {
        return;
    }
    let message = match first_paid {
        None => format!(
            "{recipient} is a new recipient, and policy {} asks a person",
            policy.name
        ),
        Some(_) => format!(
            "{recipient} was first paid less than {} ago, and policy {} asks a person",
            span(cooldown),
            policy.name
        ),
    };
    let reason = Reason::new(ReasonCode::ApprovalRequired, message);
    let reason = reason.at(policy, "recipients.newRecipient");
    approval::ask(policy, &Terms::default(), reason, verdict);
}
