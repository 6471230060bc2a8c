//! What gas may cost. Where a policy caps it and it is not known, it is too much.

use std::collections::BTreeSet;

use vaultpilot_core::{Asset, BaseUnits, Gwei, Wei};

use super::{
    Verdict,
    demand::{Demand, Spend},
    limit,
    words::Amount,
};
use crate::{Facts, Policy, Reason, ReasonCode};

pub(super) fn judge(
    policy: &Policy,
    native: Asset,
    facts: &Facts<'_>,
    demand: &Demand,
    verdict: &mut Verdict,
) {
    let limits = policy.assets.get(&native);
    let caps = [
        (
            "gas.maxFeePerGasGwei",
            policy.gas.fee,
            facts.gas.map(|gas| gas.max_fee_per_gas),
        ),
        (
            "gas.maxPriorityGwei",
            policy.gas.priority,
            facts.gas.map(|gas| gas.max_priority_fee_per_gas),
        ),
    ];
    for (rule, cap, asked) in caps {
        if let Some(cap) = cap {
            per_gas(policy, rule, cap, asked, verdict);
        }
    }
    let Some(limits) = limits else { return };
    if let Some(max) = limits.gas_per_tx {
        let rule = format!("assets[{}].gasPerTx", limits.index);
        let max = Amount::new(max, native, limits.decimals);
        let asked = facts.gas.map(|gas| gas.max_cost.to_base_units());
        let asked = asked.map(|asked| Amount::new(asked, native, limits.decimals));
        per_tx(policy, &rule, max, asked, verdict);
    }
    // Gas alone can eat the reserve, also when only tokens are sent.
    if !demand.spends().any(|spend| spend.asset == native) {
        let nothing = Spend {
            asset: native,
            amount: BaseUnits::ZERO,
            recipients: BTreeSet::new(),
        };
        limit::reserve(policy, limits, &nothing, facts, verdict);
    }
}

fn per_gas(policy: &Policy, rule: &str, cap: Wei, asked: Option<Wei>, verdict: &mut Verdict) {
    if asked.is_some_and(|asked| asked <= cap) {
        return;
    }
    let gwei = |wei: Wei| wei.to_base_units().format(Gwei::DECIMALS);
    let what = if rule.ends_with("maxPriorityGwei") {
        "priority fee"
    } else {
        "fee"
    };
    let message = match asked {
        Some(asked) => format!(
            "policy {} pays a {what} of at most {} gwei per gas; {} was asked",
            policy.name,
            gwei(cap),
            gwei(asked)
        ),
        None => format!(
            "policy {} pays a {what} of at most {} gwei per gas, and today's is not known",
            policy.name,
            gwei(cap)
        ),
    };
    let reason = Reason {
        limit: Some(gwei(cap)),
        requested: asked.map(gwei),
        ..Reason::new(ReasonCode::GasLimit, message)
    };
    verdict.deny(reason.retryable().at(policy, rule));
}

fn per_tx(policy: &Policy, rule: &str, max: Amount, asked: Option<Amount>, verdict: &mut Verdict) {
    if asked.as_ref().is_some_and(|asked| asked.units <= max.units) {
        return;
    }
    let message = match &asked {
        Some(asked) => format!(
            "policy {} lets one transaction's gas cost at most {max}; up to {} was asked",
            policy.name, asked.number
        ),
        None => format!(
            "policy {} lets one transaction's gas cost at most {max}, and its cost is not known",
            policy.name
        ),
    };
    let reason = Reason {
        asset: Some(max.asset),
        limit: Some(max.number),
        requested: asked.map(|asked| asked.number),
        ..Reason::new(ReasonCode::GasLimit, message)
    };
    verdict.deny(reason.retryable().at(policy, rule));
}
