//! The judgement: freeze, admission, layers, funds, in the order the README gives. It collects
//! every reason before it speaks, so that no order of policies can be seen in the answer.

mod approval;
mod demand;
mod freeze;
mod funds;
mod gas;
mod layer;
mod limit;
mod recipient;
mod verdict;
mod words;

use vaultpilot_core::{Tool, ToolClass};

use crate::{Decision, Facts, Policy, PolicySet, Reason, ReasonCode};
use demand::Demand;
use layer::Depth;
pub(crate) use verdict::Verdict;
pub(crate) use words::span;

/// Judges a call and its effects. Rate limits are `admit`'s; everything else is judged here, also
/// a second time when an approved request is released.
pub fn decide(set: &PolicySet, facts: &Facts<'_>) -> Decision {
    let mut verdict = Verdict::default();
    match Demand::of(facts) {
        Ok(demand) => {
            freeze::judge(facts, &demand, &mut verdict);
            let policies = set.selecting(facts.wallet, facts.caller.name());
            layers(&policies, facts, &demand, Depth::Whole, &mut verdict);
            funds::judge(&policies, facts, &demand, &mut verdict);
        }
        Err(broken) => verdict.deny(broken.reason(facts.tool)),
    }
    verdict.finish(set.version(), facts.approval)
}

/// The part of the judgement that needs no effects: freeze, address, tool.
pub(crate) fn entrance(policies: &[&Policy], facts: &Facts<'_>, verdict: &mut Verdict) {
    let demand = Demand::nothing();
    freeze::judge(facts, &demand, verdict);
    layers(policies, facts, &demand, Depth::Entrance, verdict);
}

fn layers(
    policies: &[&Policy],
    facts: &Facts<'_>,
    demand: &Demand,
    depth: Depth,
    verdict: &mut Verdict,
) {
    if policies.is_empty() {
        if !is_free_of_policy(facts.tool) {
            verdict.deny(Reason::new(
                ReasonCode::ToolNotAllowed,
                words::no_policy(facts),
            ));
        }
        return;
    }
    for layer in policies.chunk_by(|a, b| a.layer == b.layer) {
        layer::judge(layer, facts, demand, depth, verdict);
    }
}

/// Where no policy speaks there is nothing to guard yet: reading and making a wallet is possible.
fn is_free_of_policy(tool: Tool) -> bool {
    tool.class() == ToolClass::S0 || tool == Tool::CreateWallet
}
