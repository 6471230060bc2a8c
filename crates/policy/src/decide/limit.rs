//! The numbers of one asset: transaction, windows, count, reserve, and where a person is asked.

use std::time::Duration;

use vaultpilot_core::{BaseUnits, asset::Token, clock};

use super::{
    Verdict, approval,
    demand::Spend,
    words::{Amount, span},
};
use crate::{
    CounterScope, Facts, Policy, Reason, ReasonCode, UsageKey, Used,
    policy::{AskRule, Limits},
};

/// One asset's rule against one call.
struct Check<'a> {
    policy: &'a Policy,
    limits: &'a Limits,
    spend: &'a Spend,
    facts: &'a Facts<'a>,
}

pub(super) fn judge(
    policy: &Policy,
    limits: &Limits,
    spend: &Spend,
    facts: &Facts<'_>,
    verdict: &mut Verdict,
) {
    let check = Check {
        policy,
        limits,
        spend,
        facts,
    };
    check.per_tx(verdict);
    for (index, (window, max)) in limits.rolling.iter().enumerate() {
        check.rolling(index, *window, *max, verdict);
    }
    for (index, (window, max)) in limits.count.iter().enumerate() {
        check.count(index, *window, *max, verdict);
    }
    check.reserve(verdict);
    check.asks(verdict);
}

/// What must be left, when something of the asset goes: `spend.amount`, and gas for native.
pub(super) fn reserve(
    policy: &Policy,
    limits: &Limits,
    spend: &Spend,
    facts: &Facts<'_>,
    verdict: &mut Verdict,
) {
    Check {
        policy,
        limits,
        spend,
        facts,
    }
    .reserve(verdict);
}

impl Check<'_> {
    fn per_tx(&self, verdict: &mut Verdict) {
        let Some(max) = self.limits.per_tx else {
            return;
        };
        verdict.ceiling(self.spend.asset, max, self.limits.decimals);
        if self.spend.amount <= max {
            return;
        }
        let (amount, limit) = (self.show(self.spend.amount), self.show(max));
        let message = format!(
            "policy {} lets one transaction spend at most {limit}; {} was asked",
            self.policy.name, amount.number
        );
        let reason = self.reason(ReasonCode::PerTxLimit, message, "perTx");
        verdict.deny(Reason {
            limit: Some(limit.number),
            ..reason
        });
    }

    fn rolling(&self, index: usize, window: Duration, max: BaseUnits, verdict: &mut Verdict) {
        let rule = format!("rolling[{index}]");
        let Some(used) = self.used(window, &rule, verdict) else {
            return;
        };
        let left = max.saturating_sub(used.spent);
        verdict.ceiling(self.spend.asset, left, self.limits.decimals);
        if self.spend.amount <= left {
            return;
        }
        let show = |amount: BaseUnits| amount.format(self.limits.decimals);
        let message = format!(
            "policy {} lets at most {} be spent in {}; {} is spent, {} is left, {} was asked",
            self.policy.name,
            self.show(max),
            span(window),
            show(used.spent),
            show(left),
            show(self.spend.amount),
        );
        verdict.deny(Reason {
            limit: Some(show(max)),
            used: Some(show(used.spent)),
            remaining: Some(show(left)),
            resets_at: used.oldest.map(|oldest| clock::after(oldest, window)),
            retryable: self.spend.amount <= max,
            ..self.reason(ReasonCode::RollingLimit, message, &rule)
        });
    }

    fn count(&self, index: usize, window: Duration, max: u64, verdict: &mut Verdict) {
        let rule = format!("count[{index}]");
        let Some(used) = self.used(window, &rule, verdict) else {
            return;
        };
        if used.count < max {
            return;
        }
        let message = format!(
            "policy {} lets at most {max} transactions spend {} in {}; {} did",
            self.policy.name,
            super::words::asset(self.spend.asset),
            span(window),
            used.count,
        );
        verdict.deny(Reason {
            limit: Some(max.to_string()),
            used: Some(used.count.to_string()),
            remaining: Some("0".to_owned()),
            requested: Some("1".to_owned()),
            resets_at: used.oldest.map(|oldest| clock::after(oldest, window)),
            retryable: max > 0,
            ..self.reason(ReasonCode::CountLimit, message, &rule)
        });
    }

    fn reserve(&self, verdict: &mut Verdict) {
        let Some(floor) = self.limits.reserve_floor else {
            return;
        };
        let asset = self.spend.asset;
        let gas = match (asset.token, self.facts.gas) {
            (Token::Erc20(_), _) => Some(BaseUnits::ZERO),
            (Token::Native, gas) => gas.map(|gas| gas.max_cost.to_base_units()),
        };
        let (Some(balance), Some(gas)) = (self.facts.balances.get(&asset), gas) else {
            let message = format!(
                "policy {} keeps {} in the wallet, and what would be left cannot be told now",
                self.policy.name,
                self.show(floor),
            );
            let reason = self.reason(ReasonCode::ReserveFloor, message, "reserveFloor");
            verdict.deny(
                Reason {
                    limit: Some(floor.format(self.limits.decimals)),
                    ..reason
                }
                .retryable(),
            );
            return;
        };
        let spendable = balance
            .checked_sub(floor)
            .and_then(|rest| rest.checked_sub(gas));
        verdict.ceiling(asset, spendable.unwrap_or_default(), self.limits.decimals);
        if spendable.is_some_and(|spendable| self.spend.amount <= spendable) {
            return;
        }
        let show = |amount: BaseUnits| amount.format(self.limits.decimals);
        let left = balance
            .saturating_sub(self.spend.amount)
            .saturating_sub(gas);
        let message = format!(
            "policy {} keeps {} in the wallet; {} would be left",
            self.policy.name,
            self.show(floor),
            show(left),
        );
        verdict.deny(Reason {
            limit: Some(show(floor)),
            remaining: Some(show(spendable.unwrap_or_default())),
            retryable: true,
            ..self.reason(ReasonCode::ReserveFloor, message, "reserveFloor")
        });
    }

    fn asks(&self, verdict: &mut Verdict) {
        for ask in &self.limits.asks {
            verdict.quiet_ceiling(self.spend.asset, ask.above, self.limits.decimals);
            if self.spend.amount <= ask.above {
                continue;
            }
            let message = format!(
                "{} is above {}, where policy {} asks a person",
                self.show(self.spend.amount),
                ask.above.format(self.limits.decimals),
                self.policy.name,
            );
            let reason = self.reason(ReasonCode::ApprovalRequired, message, "approvalAbove");
            let mut reason = Reason {
                limit: Some(ask.above.format(self.limits.decimals)),
                ..reason
            };
            if let AskRule::Approval(index) = ask.rule {
                reason = reason.at(self.policy, &format!("approvals[{index}]"));
            }
            approval::ask(self.policy, &ask.terms, reason, verdict);
        }
    }

    /// A sum nobody loaded denies: nobody guesses a budget.
    fn used(&self, window: Duration, rule: &str, verdict: &mut Verdict) -> Option<Used> {
        let scope = CounterScope::of(self.policy.layer);
        let key = UsageKey {
            scope,
            asset: self.spend.asset,
            window,
        };
        let used = self.facts.usage.get(&key).copied();
        if used.is_none() {
            let message = format!(
                "policy {} limits {} in {}, and what was spent before is not known",
                self.policy.name,
                super::words::asset(self.spend.asset),
                span(window),
            );
            verdict.deny(
                self.reason(ReasonCode::PolicyError, message, rule)
                    .retryable(),
            );
        }
        used
    }

    fn show(&self, amount: BaseUnits) -> Amount {
        Amount::new(amount, self.spend.asset, self.limits.decimals)
    }

    fn reason(&self, code: ReasonCode, message: String, field: &str) -> Reason {
        let rule = format!("assets[{}].{field}", self.limits.index);
        let amount = self.spend.amount;
        Reason {
            asset: Some(self.spend.asset),
            requested: (!amount.is_zero()).then(|| amount.format(self.limits.decimals)),
            ..Reason::new(code, message)
        }
        .at(self.policy, &rule)
    }
}
