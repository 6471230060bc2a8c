//! What becomes of each record. Made before anything is sent, and made of facts alone.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;
use vaultpilot_core::Label;
use vaultpilot_legacy::label_of;

use super::LegacyArgs;
use super::fernet_key::FernetKeys;
use super::found::Legacy;
use super::ground::Ground;
use super::strategy::{self, StrategyPlan};
use super::wallet::{self, WalletPlan};

/// The name of the policy that the rate limits become.
pub(super) const RATES: &str = "legacy-rate-limits";

/// What is to become of a record, or has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    New,
    /// It is here already.
    Unchanged,
    Done,
    Failed {
        code: String,
        message: String,
    },
}

impl Fate {
    pub(super) fn failed(code: &str, message: impl Into<String>) -> Self {
        Self::Failed {
            code: code.to_owned(),
            message: message.into(),
        }
    }

    pub(super) const fn is_failed(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }
}

pub(super) struct Plan {
    pub wallets: Vec<WalletPlan>,
    pub strategies: Vec<StrategyPlan>,
    pub rates: Option<RatesPlan>,
    pub keys: Option<FernetKeys>,
    pub events: u64,
    pub backup: Option<PathBuf>,
}

/// The rate limits, as a policy.
pub(super) struct RatesPlan {
    pub document: Value,
    /// Tools that there are no more.
    pub left_behind: Vec<String>,
    pub fate: Fate,
}

impl Plan {
    pub(super) fn make(args: &LegacyArgs, legacy: Legacy, ground: &Ground) -> Self {
        let Legacy {
            wallets,
            strategies,
            keys,
            limits,
            events,
        } = legacy;
        let opens = keys.as_ref().map_or(&[][..], |keys| &keys.keys);
        let mut wallets: Vec<WalletPlan> = wallets
            .into_iter()
            .map(|found| wallet::plan(found, args, ground, opens))
            .collect();
        wallet::apart(&mut wallets);
        let mut strategies: Vec<StrategyPlan> = strategies
            .into_iter()
            .map(|found| strategy::plan(found, args, ground, &wallets))
            .collect();
        strategy::apart(&mut strategies);
        let rates = limits.map(|limits| rates(&limits, &wallets, ground));
        Self {
            wallets,
            strategies,
            rates,
            keys,
            events,
            backup: None,
        }
    }

    pub(super) fn fates(&self) -> impl Iterator<Item = &Fate> {
        let wallets = self.wallets.iter().map(|plan| &plan.fate);
        let strategies = self.strategies.iter().map(|plan| &plan.fate);
        let rates = self.rates.iter().map(|plan| &plan.fate);
        wallets.chain(strategies).chain(rates)
    }

    pub(super) fn failed(&self) -> usize {
        self.fates().filter(|fate| fate.is_failed()).count()
    }

    pub(super) fn has_news(&self) -> bool {
        self.fates().any(|fate| *fate == Fate::New)
    }

    pub(super) fn new_wallets(&self) -> usize {
        let new = self.wallets.iter().filter(|plan| plan.fate == Fate::New);
        new.count()
    }
}

fn rates(
    limits: &vaultpilot_legacy::policy::RateLimits,
    wallets: &[WalletPlan],
    ground: &Ground,
) -> RatesPlan {
    let labels: Vec<Label> = wallets.iter().map(|plan| plan.label.clone()).collect();
    let (document, fate) = if labels.is_empty() || limits.rules.is_empty() {
        // Without wallets or limits there is nothing to say.
        (Value::Null, Fate::Unchanged)
    } else {
        let document = limits.document(label_of(RATES), labels);
        let document = serde_json::to_value(&document).unwrap_or_default();
        let fate = match ground.policies.get(RATES) {
            None => Fate::New,
            Some(there) if *there == document => Fate::Unchanged,
            Some(_) => Fate::failed(
                "policy_differs",
                format!("there is another policy {RATES} already; rename or delete it"),
            ),
        };
        (document, fate)
    };
    RatesPlan {
        document,
        left_behind: limits.left_behind.clone(),
        fate,
    }
}

/// Records whose names become one label are refused, each with the other's name.
pub(super) fn colliding<'a>(
    names: impl Iterator<Item = (&'a str, &'a Label)>,
) -> BTreeMap<Label, Vec<String>> {
    let mut by_label: BTreeMap<Label, Vec<String>> = BTreeMap::new();
    for (name, label) in names {
        by_label
            .entry(label.clone())
            .or_default()
            .push(name.to_owned());
    }
    by_label.retain(|_, names| names.len() > 1);
    by_label
}
