//! Whether the wallet holds what would leave it. No policy asks for this; the chain would.

use vaultpilot_core::{Asset, BaseUnits, asset::Token};

use super::{Verdict, demand::Demand, words};
use crate::{Facts, Policy, Reason, ReasonCode};

pub(super) fn judge(
    policies: &[&Policy],
    facts: &Facts<'_>,
    demand: &Demand,
    verdict: &mut Verdict,
) {
    let gas = facts
        .gas
        .map_or(BaseUnits::ZERO, |gas| gas.max_cost.to_base_units());
    for spend in demand.spends() {
        let gas = if spend.asset.token == Token::Native {
            gas
        } else {
            BaseUnits::ZERO
        };
        one(policies, facts, (spend.asset, spend.amount, gas), verdict);
    }
    let Some(native) = demand.chain.map(Asset::native) else {
        return;
    };
    if !demand.spends().any(|spend| spend.asset == native) {
        one(policies, facts, (native, BaseUnits::ZERO, gas), verdict);
    }
}

fn one(
    policies: &[&Policy],
    facts: &Facts<'_>,
    (asset, amount, gas): (Asset, BaseUnits, BaseUnits),
    verdict: &mut Verdict,
) {
    let Some(balance) = facts.balances.get(&asset) else {
        return;
    };
    let spendable = balance.checked_sub(gas);
    let decimals = decimals(policies, asset);
    if let Some(decimals) = decimals {
        verdict.ceiling(asset, spendable.unwrap_or_default(), decimals);
    }
    if spendable.is_some_and(|spendable| amount <= spendable) {
        return;
    }
    let Some(decimals) = decimals else {
        let message = format!(
            "the wallet holds less of {} than was asked",
            words::asset(asset)
        );
        let reason = Reason::new(ReasonCode::InsufficientFunds, message);
        verdict.deny(
            Reason {
                asset: Some(asset),
                ..reason
            }
            .retryable(),
        );
        return;
    };
    let show = |amount: BaseUnits| amount.format(decimals);
    let asked = match (amount.is_zero(), gas.is_zero()) {
        (true, _) => format!("gas alone may cost {}", show(gas)),
        (false, true) => format!("{} was asked", show(amount)),
        (false, false) => format!("{} was asked, and gas may cost {}", show(amount), show(gas)),
    };
    let message = format!(
        "the wallet holds {}; {asked}",
        words::Amount::new(*balance, asset, decimals)
    );
    verdict.deny(Reason {
        asset: Some(asset),
        requested: (!amount.is_zero()).then(|| show(amount)),
        remaining: Some(show(spendable.unwrap_or_default())),
        retryable: true,
        ..Reason::new(ReasonCode::InsufficientFunds, message)
    });
}

fn decimals(policies: &[&Policy], asset: Asset) -> Option<u8> {
    if asset.token == Token::Native {
        return Some(18);
    }
    policies
        .iter()
        .find_map(|policy| policy.assets.get(&asset))
        .map(|limits| limits.decimals)
}
