//! All policies of a tenant, indexed so that a call meets only those that speak about it.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use alloy_primitives::Keccak256;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_core::{Asset, Effect, Label, Tool};

use crate::{CounterScope, Policy, UsageKey, policy::Selected};

/// Names the content of a set: 16 hexadecimal digits, the same for the same policies in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String")]
pub struct PolicyVersion([u8; 8]);

/// The policies of one tenant, with those of its plan and of the platform.
#[derive(Debug, Clone)]
pub struct PolicySet {
    /// Sorted by layer and name.
    policies: Vec<Policy>,
    version: PolicyVersion,
    everywhere: Vec<usize>,
    by_wallet: HashMap<String, Vec<usize>>,
    /// Those that name agents but no wallet.
    by_agent: HashMap<String, Vec<usize>>,
}

impl PolicySet {
    /// The order of `policies` does not matter. Names are unique in a layer; whoever stores
    /// policies sees to that.
    pub fn new(mut policies: Vec<Policy>) -> Self {
        policies.sort_by(|a, b| (a.layer, &a.name).cmp(&(b.layer, &b.name)));
        let mut set = Self {
            version: PolicyVersion::of(&policies),
            everywhere: Vec::new(),
            by_wallet: HashMap::new(),
            by_agent: HashMap::new(),
            policies: Vec::new(),
        };
        for (index, policy) in policies.iter().enumerate() {
            set.index(index, policy);
        }
        set.policies = policies;
        set
    }

    fn index(&mut self, index: usize, policy: &Policy) {
        let lists = match (&policy.wallets, &policy.agents) {
            (Selected::Any, Selected::Any) => {
                self.everywhere.push(index);
                return;
            }
            (Selected::These(wallets), _) => (&mut self.by_wallet, wallets),
            (Selected::Any, Selected::These(agents)) => (&mut self.by_agent, agents),
        };
        let (map, labels) = lists;
        for label in labels {
            map.entry(label.to_string()).or_default().push(index);
        }
    }

    pub const fn version(&self) -> PolicyVersion {
        self.version
    }

    /// Sorted by layer and name.
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// Those that speak about this wallet and agent, sorted by layer and name.
    pub fn selecting(&self, wallet: Option<&Label>, agent: &str) -> Vec<&Policy> {
        let listed = |map: &HashMap<String, Vec<usize>>, key: &str| map.get(key).cloned();
        let mut indexes = self.everywhere.clone();
        let by_wallet = wallet.and_then(|wallet| listed(&self.by_wallet, wallet.as_str()));
        indexes.extend(by_wallet.unwrap_or_default());
        indexes.extend(listed(&self.by_agent, agent).unwrap_or_default());
        indexes.sort_unstable();
        let found = indexes
            .into_iter()
            .filter_map(|index| self.policies.get(index));
        found
            .filter(|policy| policy.selects(wallet, agent))
            .collect()
    }

    /// The sums that must be in `Facts::usage` when these effects are judged.
    pub fn usage_keys(
        &self,
        wallet: Option<&Label>,
        agent: &str,
        effects: &[Effect],
    ) -> BTreeSet<UsageKey> {
        let spent: BTreeSet<Asset> = effects.iter().filter_map(spent_asset).collect();
        let mut keys = BTreeSet::new();
        for policy in self.selecting(wallet, agent) {
            let scope = CounterScope::of(policy.layer);
            for &asset in &spent {
                let Some(limits) = policy.assets.get(&asset) else {
                    continue;
                };
                let rolling = limits.rolling.iter().map(|(window, _)| *window);
                let count = limits.count.iter().map(|(window, _)| *window);
                keys.extend(rolling.chain(count).map(|window| UsageKey {
                    scope,
                    asset,
                    window,
                }));
            }
        }
        keys
    }
}

const fn spent_asset(effect: &Effect) -> Option<Asset> {
    match effect {
        Effect::Outflow { asset, .. } | Effect::Exchange { sell: asset, .. } => Some(*asset),
        Effect::Redemption { .. }
        | Effect::Item { .. }
        | Effect::Operator { .. }
        | Effect::Allowance { .. }
        | Effect::Signature { .. }
        | Effect::Opaque { .. } => None,
    }
}

/// How long the same payment under a new `request_id` is held back: the longest any policy asks.
pub fn duplicate_window(set: &PolicySet, wallet: Option<&Label>, agent: &str) -> Option<Duration> {
    set.selecting(wallet, agent)
        .into_iter()
        .filter_map(|policy| policy.duplicate_window)
        .max()
}

/// Whether any policy wants this tool's call simulated first.
pub fn dry_run_required(set: &PolicySet, wallet: Option<&Label>, agent: &str, tool: Tool) -> bool {
    set.selecting(wallet, agent)
        .into_iter()
        .any(|policy| policy.tools.needs_dry_run(tool))
}

impl PolicyVersion {
    fn of(policies: &[Policy]) -> Self {
        // A document is plain data of strings and lists; writing it as JSON cannot fail. Were it to,
        // the debug text names the content as well.
        let text = |policy: &Policy| {
            let json = serde_json::to_string(&policy.document);
            let json = json.unwrap_or_else(|_| format!("{:?}", policy.document));
            format!("{:?} {json}\n", policy.layer)
        };
        let mut texts: Vec<String> = policies.iter().map(text).collect();
        texts.sort_unstable();
        let mut hasher = Keccak256::new();
        for text in texts {
            hasher.update(text);
        }
        let mut version = [0u8; 8];
        version.copy_from_slice(&hasher.finalize()[..8]);
        Self(version)
    }
}

impl std::fmt::Display for PolicyVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("policy version is not 16 hexadecimal digits")]
pub struct PolicyVersionError;

impl std::str::FromStr for PolicyVersion {
    type Err = PolicyVersionError;

    fn from_str(text: &str) -> Result<Self, PolicyVersionError> {
        let mut version = [0u8; 8];
        hex::decode_to_slice(text, &mut version).map_err(|_| PolicyVersionError)?;
        Ok(Self(version))
    }
}

impl Serialize for PolicyVersion {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PolicyVersion {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
