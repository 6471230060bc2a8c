//! The limits that bind a wallet and agent, as a list: what is left is the reader's sum to make.

use vaultpilot_core::{Asset, BaseUnits, Label};

use crate::{CounterScope, PolicySet, UsageKey, policy::AskRule};

/// One limit and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitLine {
    pub policy: Label,
    /// The rule's path below `spec`, such as `assets[0].rolling[1]`.
    pub rule: String,
    pub asset: Asset,
    pub decimals: u8,
    pub scope: CounterScope,
    pub limit: Limit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    PerTransaction(BaseUnits),
    /// At most `max` in the key's window.
    Rolling {
        key: UsageKey,
        max: BaseUnits,
    },
    /// At most `max` transactions in the key's window.
    Count {
        key: UsageKey,
        max: u64,
    },
    /// This much always stays in the wallet.
    ReserveFloor(BaseUnits),
    /// Above this a person is asked.
    ApprovalAbove(BaseUnits),
}

impl PolicySet {
    /// All limits of the policies that select this wallet and agent, by layer, policy and asset.
    pub fn limits(&self, wallet: &Label, agent: &str) -> Vec<LimitLine> {
        let mut lines = Vec::new();
        for policy in self.selecting(Some(wallet), agent) {
            let scope = CounterScope::of(policy.layer);
            for (&asset, limits) in &policy.assets {
                let at = format!("assets[{}]", limits.index);
                let mut put = |rule: String, limit: Limit| {
                    lines.push(LimitLine {
                        policy: policy.name.clone(),
                        rule,
                        asset,
                        decimals: limits.decimals,
                        scope,
                        limit,
                    });
                };
                if let Some(max) = limits.per_tx {
                    put(format!("{at}.perTx"), Limit::PerTransaction(max));
                }
                for (n, &(window, max)) in limits.rolling.iter().enumerate() {
                    let key = UsageKey {
                        scope,
                        asset,
                        window,
                    };
                    put(format!("{at}.rolling[{n}]"), Limit::Rolling { key, max });
                }
                for (n, &(window, max)) in limits.count.iter().enumerate() {
                    let key = UsageKey {
                        scope,
                        asset,
                        window,
                    };
                    put(format!("{at}.count[{n}]"), Limit::Count { key, max });
                }
                if let Some(floor) = limits.reserve_floor {
                    put(format!("{at}.reserveFloor"), Limit::ReserveFloor(floor));
                }
                for ask in &limits.asks {
                    let rule = match ask.rule {
                        AskRule::ApprovalAbove => format!("{at}.approvalAbove"),
                        AskRule::Approval(n) => format!("approvals[{n}]"),
                    };
                    put(rule, Limit::ApprovalAbove(ask.above));
                }
            }
        }
        lines
    }
}
