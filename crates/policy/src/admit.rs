//! The gate every call passes, reads too: kill switches, caller's address, tool, rate.

use vaultpilot_core::Tool;

use crate::{
    Decision, Facts, Policy, PolicySet, RateBook, Reason, ReasonCode,
    decide::{Verdict, entrance, span},
    document::Per,
    policy::Rate,
    rate::{Counted, Rated},
};

/// Judges whether the call may begin, and counts it. It reads of the facts only the caller, the
/// tool, the wallet, the freeze and the time. Call it once for each call that arrives, also when
/// it will be denied.
pub fn admit(set: &PolicySet, facts: &Facts<'_>, rates: &mut RateBook) -> Decision {
    let policies = set.selecting(facts.wallet, facts.caller.name());
    let mut verdict = Verdict::default();
    entrance(&policies, facts, &mut verdict);
    for policy in &policies {
        for (index, rate) in policy.rates.iter().enumerate() {
            if rate.counts(facts.tool)
                && let Some(reason) = over(policy, index, rate, facts, rates)
            {
                verdict.deny(reason);
            }
        }
    }
    verdict.finish(set.version(), None)
}

fn over(
    policy: &Policy,
    index: usize,
    rate: &Rate,
    facts: &Facts<'_>,
    rates: &mut RateBook,
) -> Option<Reason> {
    let (subject, per) = match rate.per {
        Per::Agent => (facts.caller.name(), "agent"),
        // Calls about no wallet are counted together; no label is empty.
        Per::Wallet => (facts.wallet.map_or("", |wallet| wallet.as_str()), "wallet"),
    };
    let outcome = rates.count(Counted {
        tenant: facts.caller.tenant,
        rule: rate.id,
        subject,
        max_calls: rate.max_calls,
        window: rate.window,
        now: facts.now,
    });
    let Rated::Full { resets_at } = outcome else {
        return None;
    };
    let message = format!(
        "policy {} allows {} in {} per {per}, and as many were made",
        policy.name,
        calls(rate),
        span(rate.window),
    );
    let reason = Reason {
        limit: Some(rate.max_calls.to_string()),
        used: Some(rate.max_calls.to_string()),
        remaining: Some("0".to_owned()),
        resets_at,
        retryable: rate.max_calls > 0,
        ..Reason::new(ReasonCode::RateLimited, message)
    };
    Some(reason.at(policy, &format!("tools.rateLimits[{index}]")))
}

fn calls(rate: &Rate) -> String {
    let calls = if rate.max_calls == 1 { "call" } else { "calls" };
    match rate.tools.as_slice() {
        [tool] => format!("{} {calls} of {tool}", rate.max_calls),
        tools if tools.len() == Tool::ALL.len() => format!("{} {calls}", rate.max_calls),
        _ => format!("{} {calls} of some tools together", rate.max_calls),
    }
}
