//! One layer's say. A deny that matches denies; every need must be met by at least one policy that
//! allows it; and all that those policies demand must hold.

use std::net::IpAddr;

use vaultpilot_core::Asset;

use super::{
    Verdict,
    demand::{Demand, Need},
    gas, limit, recipient, words,
};
use crate::{Facts, Policy, Reason, ReasonCode, policy::Limits};

/// How far a call is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Tool and address: before anything is worked out.
    Entrance,
    Whole,
}

/// How far a policy came towards allowing a need before it did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Missed {
    Tool,
    Chain,
    /// The asset, or the kind of effect.
    Kind,
}

pub(super) fn judge(
    layer: &[&Policy],
    facts: &Facts<'_>,
    demand: &Demand,
    depth: Depth,
    verdict: &mut Verdict,
) {
    for policy in layer {
        deny_lists(policy, facts, demand, verdict);
        if policy.tools.allows(facts.tool) {
            conditions(policy, facts, depth, verdict);
            allows(policy, facts, demand, verdict);
        }
    }
    let denied = layer.iter().any(|policy| policy.tools.denies(facts.tool));
    for need in &demand.needs {
        // Where the tool is denied outright, that no policy allows it is no news.
        if let Some((missed, policy)) = furthest(layer, facts, need)
            && !(denied && missed == Missed::Tool)
        {
            verdict.deny(miss(missed, policy, facts, need));
        }
    }
}

/// The policy that came closest to allowing the need, the first by name; `None` when one does.
fn furthest<'a>(
    layer: &[&'a Policy],
    facts: &Facts<'_>,
    need: &Need,
) -> Option<(Missed, &'a Policy)> {
    let mut best: Option<(Missed, &Policy)> = None;
    for policy in layer {
        let Err(missed) = reach(policy, facts, need) else {
            return None;
        };
        if best.is_none_or(|(so_far, _)| missed > so_far) {
            best = Some((missed, policy));
        }
    }
    best
}

/// Whether the policy is a matching allow of the need, with the limits that then hold.
fn reach<'a>(
    policy: &'a Policy,
    facts: &Facts<'_>,
    need: &Need,
) -> Result<Option<&'a Limits>, Missed> {
    if !policy.tools.allows(facts.tool) {
        return Err(Missed::Tool);
    }
    if need
        .chain()
        .is_some_and(|chain| !policy.chains.contains(&chain))
    {
        return Err(Missed::Chain);
    }
    match need {
        Need::Tool | Need::Revocation(_) => Ok(None),
        Need::Spend(spend) => policy
            .assets
            .get(&spend.asset)
            .map(Some)
            .ok_or(Missed::Kind),
        // No document can permit these yet: compile refuses the sections that would.
        Need::Allowance(_) | Need::Opaque(_) | Need::Signature => Err(Missed::Kind),
    }
}

/// Denials need no allow beside them and reach over all policies of all layers.
fn deny_lists(policy: &Policy, facts: &Facts<'_>, demand: &Demand, verdict: &mut Verdict) {
    if policy.tools.denies(facts.tool) {
        let message = format!("policy {} denies {}", policy.name, facts.tool);
        verdict.deny(Reason::new(ReasonCode::ToolNotAllowed, message).at(policy, "tools.deny"));
    }
    for recipient in demand.spends().flat_map(|spend| &spend.recipients) {
        if policy.recipients.deny.contains(recipient) {
            let message = format!("policy {} denies payments to {recipient}", policy.name);
            let reason = Reason::new(ReasonCode::RecipientNotAllowed, message);
            verdict.deny(reason.at(policy, "recipients.deny"));
        }
    }
}

/// What a policy that allows the tool demands of the call itself.
fn conditions(policy: &Policy, facts: &Facts<'_>, depth: Depth, verdict: &mut Verdict) {
    if let Some(networks) = &policy.networks {
        let inside = |ip: IpAddr| networks.iter().any(|network| network.contains(ip));
        if !facts.caller.ip.is_some_and(inside) {
            let message = match facts.caller.ip {
                Some(_) => format!(
                    "policy {} does not allow calls from this address",
                    policy.name
                ),
                None => format!(
                    "policy {} allows calls from listed addresses only, and the caller's cannot be told",
                    policy.name
                ),
            };
            let reason = Reason::new(ReasonCode::IpNotAllowed, message);
            verdict.deny(reason.at(policy, "network.ipAllow"));
        }
    }
    let seen = facts.dry_run_seen == Some(true);
    if depth == Depth::Whole && policy.tools.needs_dry_run(facts.tool) && !seen {
        let message = format!(
            "policy {} wants this very {} simulated in the last ten minutes; send it with dry_run first",
            policy.name, facts.tool
        );
        let reason = Reason::new(ReasonCode::DryRunRequired, message).retryable();
        verdict.deny(reason.at(policy, "tools.dryRunRequired"));
    }
}

/// What a policy demands of the needs it allows.
fn allows(policy: &Policy, facts: &Facts<'_>, demand: &Demand, verdict: &mut Verdict) {
    let mut on_chain = false;
    for need in &demand.needs {
        let Ok(limits) = reach(policy, facts, need) else {
            continue;
        };
        if let (Need::Spend(spend), Some(limits)) = (need, limits) {
            verdict.matched(policy, format!("assets[{}]", limits.index));
            limit::judge(policy, limits, spend, facts, verdict);
            recipient::judge(policy, spend, facts, verdict);
        } else {
            verdict.matched(policy, "tools.allow".to_owned());
        }
        on_chain |= need.chain().is_some();
    }
    if let (true, Some(chain)) = (on_chain, demand.chain) {
        gas::judge(policy, Asset::native(chain), facts, demand, verdict);
    }
}

fn miss(missed: Missed, policy: &Policy, facts: &Facts<'_>, need: &Need) -> Reason {
    let name = &policy.name;
    let (code, rule, message) = match (missed, need) {
        (Missed::Tool, _) => (
            ReasonCode::ToolNotAllowed,
            "tools.allow",
            format!("policy {name} does not allow {}", facts.tool),
        ),
        (Missed::Chain, need) => (
            ReasonCode::ChainNotAllowed,
            "chains",
            match need.chain() {
                Some(chain) => format!("policy {name} does not allow {chain}"),
                None => format!("policy {name} does not allow this chain"),
            },
        ),
        (Missed::Kind, Need::Spend(spend)) => (
            ReasonCode::AssetNotAllowed,
            "assets",
            format!(
                "policy {name} does not list {}, so it cannot be spent",
                words::asset(spend.asset)
            ),
        ),
        (Missed::Kind, Need::Allowance(_)) => (
            ReasonCode::AllowanceLimit,
            "allowances",
            format!("policy {name} does not permit allowances"),
        ),
        (Missed::Kind, Need::Signature) => (
            ReasonCode::SignatureNotAllowed,
            "signatures",
            format!("policy {name} does not permit this signature"),
        ),
        (Missed::Kind, Need::Opaque(_) | Need::Tool | Need::Revocation(_)) => (
            ReasonCode::OpaqueCall,
            "contracts",
            format!("the call cannot be decoded, and policy {name} does not list it"),
        ),
    };
    let asset = match need {
        Need::Spend(spend) => Some(spend.asset),
        _ => None,
    };
    Reason {
        asset,
        ..Reason::new(code, message)
    }
    .at(policy, rule)
}
