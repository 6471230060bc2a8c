//! Amounts become integers here, with the decimals of their asset.

use std::{collections::BTreeMap, time::Duration};

use vaultpilot_core::{Asset, BaseUnits, asset::Token};

use super::{Problem, amount, positive};
use crate::{
    document::{AssetRule, Spec},
    policy::{Ask, AskRule, Limits, Terms},
};

const NATIVE_DECIMALS: u8 = 18;

pub(super) fn limits(
    spec: &Spec,
    decimals: &dyn Fn(Asset) -> Option<u8>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<Asset, Limits> {
    let mut all = BTreeMap::new();
    for (index, rule) in spec.assets.iter().enumerate() {
        let path = format!("spec.assets[{index}]");
        let asset = rule.asset();
        if !spec.chains.contains(&asset.chain) {
            let path = format!("{path}.chain");
            problems.push(Problem::ChainNotListed {
                path,
                chain: asset.chain,
            });
        }
        let places = match asset.token {
            Token::Native => Some(NATIVE_DECIMALS),
            Token::Erc20(_) => decimals(asset),
        };
        let Some(places) = places else {
            problems.push(Problem::UnknownDecimals { path, asset });
            continue;
        };
        let mut limits = one(index, rule, places, problems);
        limits.asks.extend(asks(spec, places, problems));
        if all.insert(asset, limits).is_some() {
            problems.push(Problem::AssetTwice { path, asset });
        }
    }
    check_approvals(spec, problems);
    all
}

fn one(index: usize, rule: &AssetRule, decimals: u8, problems: &mut Vec<Problem>) -> Limits {
    let path = format!("spec.assets[{index}]");
    if rule.gas_per_tx.is_some() && rule.token != Token::Native {
        problems.push(Problem::NotNative {
            path: format!("{path}.gasPerTx"),
        });
    }
    let mut read = |field: &str, text: &Option<crate::document::AmountText>| {
        let text = text.as_ref()?;
        amount(&format!("{path}.{field}"), text, decimals, problems)
    };
    let per_tx = read("perTx", &rule.per_tx);
    let gas_per_tx = read("gasPerTx", &rule.gas_per_tx);
    let reserve_floor = read("reserveFloor", &rule.reserve_floor);
    let approval_above = read("approvalAbove", &rule.approval_above);
    let ask = |above| Ask {
        above,
        rule: AskRule::ApprovalAbove,
        terms: Terms::default(),
    };
    Limits {
        index,
        decimals,
        per_tx,
        gas_per_tx,
        rolling: rolling(&path, rule, decimals, problems),
        count: count(&path, rule, problems),
        reserve_floor,
        asks: approval_above.map(ask).into_iter().collect(),
    }
}

fn rolling(
    path: &str,
    rule: &AssetRule,
    decimals: u8,
    problems: &mut Vec<Problem>,
) -> Vec<(Duration, BaseUnits)> {
    let read = |(index, rolling): (usize, &crate::document::RollingRule)| {
        positive(
            &format!("{path}.rolling[{index}].window"),
            rolling.window,
            problems,
        );
        let max = format!("{path}.rolling[{index}].max");
        let max = amount(&max, &rolling.max, decimals, problems).unwrap_or_default();
        (rolling.window.duration(), max)
    };
    rule.rolling.iter().enumerate().map(read).collect()
}

fn count(path: &str, rule: &AssetRule, problems: &mut Vec<Problem>) -> Vec<(Duration, u64)> {
    let read = |(index, count): (usize, &crate::document::CountRule)| {
        positive(
            &format!("{path}.count[{index}].window"),
            count.window,
            problems,
        );
        (count.window.duration(), count.max)
    };
    rule.count.iter().enumerate().map(read).collect()
}

/// `amountAbove` speaks of token units, so each asset reads it with its own decimals.
fn asks(spec: &Spec, decimals: u8, problems: &mut Vec<Problem>) -> Vec<Ask> {
    let read = |(index, rule): (usize, &crate::document::ApprovalRule)| {
        let path = format!("spec.approvals[{index}].when.amountAbove");
        let above = amount(&path, &rule.when.amount_above, decimals, problems)?;
        let terms = Terms {
            quorum: rule.require.quorum,
            of: rule.require.of.iter().cloned().collect(),
            ttl: rule.ttl.duration(),
            code: rule.code,
        };
        Some(Ask {
            above,
            rule: AskRule::Approval(index),
            terms,
        })
    };
    spec.approvals.iter().enumerate().filter_map(read).collect()
}

fn check_approvals(spec: &Spec, problems: &mut Vec<Problem>) {
    for (index, rule) in spec.approvals.iter().enumerate() {
        let path = format!("spec.approvals[{index}]");
        if rule.require.quorum == 0 {
            let path = format!("{path}.require.quorum");
            problems.push(Problem::OutOfRange {
                path,
                min: "1",
                max: "1",
            });
        }
        positive(&format!("{path}.ttl"), rule.ttl, problems);
        if spec.assets.is_empty() {
            problems.push(Problem::Idle { path });
        }
    }
}
