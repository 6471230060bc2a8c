//! What the executor believes: nothing but what it can check itself.

use std::collections::BTreeMap;

use alloy_primitives::Address;
use vaultpilot_core::{Asset, BaseUnits, Effect};
use vaultpilot_intent::{Digest, Intent, Refusal};
use vaultpilot_policy::{Decision, Outcome};
use vaultpilot_ports::chain::Simulation;

/// Whether an allow is on record for exactly this action: the digests and effects are made again
/// from the bytes that would be signed.
pub(super) fn is_authorized(intent: &Intent, decision: &Decision) -> bool {
    let request = Digest::of_request(intent.tool, intent.wallet, &intent.call);
    let action = Digest::of_action(request, &intent.request_id, &intent.policy_version);
    matches!(decision.outcome, Outcome::Allow)
        && decision.policy_version.to_string() == intent.policy_version
        && request == intent.request_digest
        && action == intent.action_digest
        && vaultpilot_protocol::decode(intent.from, &intent.call) == intent.effects
}

/// Whether the simulation did what was judged, and nothing else, to this wallet.
pub(super) fn matches_effects(intent: &Intent, simulation: &Simulation) -> Result<(), Refusal> {
    if !simulation.succeeded {
        let detail = simulation
            .error
            .clone()
            .unwrap_or_else(|| "reverted".to_owned());
        return Err(Refusal::SimulationFailed { detail });
    }
    let declared = sum(intent.effects.iter().filter_map(|effect| match effect {
        Effect::Outflow {
            asset,
            amount,
            recipient,
        } => Some((*asset, *recipient, *amount)),
        _ => None,
    }));
    let leaving = simulation
        .movements
        .iter()
        .filter(|movement| movement.from == intent.from);
    let simulated = sum(leaving.map(|movement| (movement.asset, movement.to, movement.amount)));
    if declared == simulated {
        return Ok(());
    }
    let text = |flows: &BTreeMap<(Asset, Address), BaseUnits>| {
        let line = |((asset, to), amount): (&(Asset, Address), &BaseUnits)| {
            format!("{amount} of {asset} to {to}")
        };
        flows.iter().map(line).collect::<Vec<_>>().join(", ")
    };
    let detail = format!("judged {}; simulated {}", text(&declared), text(&simulated));
    Err(Refusal::SimulationMismatch { detail })
}

fn sum(
    flows: impl Iterator<Item = (Asset, Address, BaseUnits)>,
) -> BTreeMap<(Asset, Address), BaseUnits> {
    let mut sums: BTreeMap<(Asset, Address), BaseUnits> = BTreeMap::new();
    for (asset, to, amount) in flows.filter(|(_, _, amount)| !amount.is_zero()) {
        let sum = sums.entry((asset, to)).or_default();
        *sum = sum.saturating_add(amount);
    }
    sums
}

#[cfg(test)]
mod tests;
