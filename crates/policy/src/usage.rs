//! What was spent before, summed by whoever keeps the ledger.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use vaultpilot_core::{Asset, BaseUnits, Timestamp};

use crate::{Layer, document::span};

/// Sums by key. A key that was asked for and is missing denies: nobody guesses a budget.
pub type Usage = BTreeMap<UsageKey, Used>;

/// Whose spending is summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CounterScope {
    /// All wallets of the tenant.
    Tenant,
    /// This wallet.
    Wallet,
    /// This agent on this wallet.
    Agent,
}

impl CounterScope {
    /// Each layer counts what it speaks about.
    pub const fn of(layer: Layer) -> Self {
        match layer {
            Layer::Platform | Layer::Plan | Layer::Tenant => Self::Tenant,
            Layer::Wallet => Self::Wallet,
            Layer::Agent => Self::Agent,
        }
    }
}

/// One sum: what `scope` spent of `asset` in the last `window`, that is committed at instants later
/// than `now - window`, and all that is still reserved, however long already. Gas does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UsageKey {
    pub scope: CounterScope,
    pub asset: Asset,
    #[serde(with = "span::text")]
    pub window: Duration,
}

/// The sum, how many transactions it is made of, and the oldest of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Used {
    pub spent: BaseUnits,
    pub count: u64,
    pub oldest: Option<Timestamp>,
}
