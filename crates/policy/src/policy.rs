//! A compiled policy: amounts are integers, patterns are sets, nothing is left to parse.

use std::{collections::BTreeMap, collections::BTreeSet, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_core::{Address, Asset, BaseUnits, ChainId, Label, Tool, Wei};

use crate::document::{Document, Network, NewRecipient, Per};

/// Who a policy speaks for, from the broadest to the narrowest. A narrower layer can only narrow.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    Platform,
    Plan,
    Tenant,
    Wallet,
    Agent,
}

/// A policy ready to judge. Made by `Document::compile`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub(crate) name: Label,
    pub(crate) layer: Layer,
    pub(crate) wallets: Selected,
    pub(crate) agents: Selected,
    pub(crate) chains: BTreeSet<ChainId>,
    pub(crate) tools: Tools,
    pub(crate) rates: Vec<Rate>,
    pub(crate) assets: BTreeMap<Asset, Limits>,
    pub(crate) recipients: Recipients,
    pub(crate) gas: GasCaps,
    pub(crate) networks: Option<Vec<Network>>,
    pub(crate) duplicate_window: Option<Duration>,
    pub(crate) document: Document,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Selected {
    Any,
    These(BTreeSet<Label>),
}

/// Sorted lists: a handful of tools is found faster so than by hash.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Tools {
    pub allow: Vec<Tool>,
    pub deny: Vec<Tool>,
    pub dry_run: Vec<Tool>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rate {
    pub id: RateId,
    pub tools: Vec<Tool>,
    pub max_calls: u32,
    pub window: Duration,
    pub per: Per,
}

/// Names one rate rule of one policy, whatever the rule says today: an edited rule keeps its count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RateId(pub [u8; 16]);

/// The limits of one asset and where they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Index in `spec.assets`.
    pub index: usize,
    pub decimals: u8,
    pub per_tx: Option<BaseUnits>,
    pub gas_per_tx: Option<BaseUnits>,
    pub rolling: Vec<(Duration, BaseUnits)>,
    pub count: Vec<(Duration, u64)>,
    pub reserve_floor: Option<BaseUnits>,
    pub asks: Vec<Ask>,
}

/// Above this amount a person is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    pub above: BaseUnits,
    pub rule: AskRule,
    pub terms: Terms,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AskRule {
    /// `assets[i].approvalAbove`
    ApprovalAbove,
    /// `approvals[i]`
    Approval(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Terms {
    pub quorum: u32,
    pub of: BTreeSet<String>,
    pub ttl: Duration,
    pub code: bool,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            quorum: 1,
            of: BTreeSet::new(),
            ttl: Duration::from_mins(30),
            code: true,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recipients {
    pub allow: BTreeSet<Address>,
    pub deny: BTreeSet<Address>,
    pub new: NewRecipient,
    pub cooldown: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct GasCaps {
    pub fee: Option<Wei>,
    pub priority: Option<Wei>,
    pub bump_percent: Option<u32>,
}

impl Policy {
    pub const fn name(&self) -> &Label {
        &self.name
    }

    pub const fn layer(&self) -> Layer {
        self.layer
    }

    /// As it was written.
    pub const fn document(&self) -> &Document {
        &self.document
    }

    /// How far a stuck transaction's fee may be raised, in percent of the first offer.
    pub const fn max_bump_percent(&self) -> Option<u32> {
        self.gas.bump_percent
    }

    /// The same policy spoken by the platform or a plan. No document can claim such a layer.
    #[must_use]
    pub fn at_layer(mut self, layer: Layer) -> Self {
        self.layer = layer;
        for (index, rate) in self.rates.iter_mut().enumerate() {
            rate.id = RateId::new(layer, &self.name, index);
        }
        self
    }

    /// Whether it speaks about this wallet and agent.
    pub fn selects(&self, wallet: Option<&Label>, agent: &str) -> bool {
        let wallet_fits = match (&self.wallets, wallet) {
            (Selected::Any, _) => true,
            (Selected::These(labels), Some(wallet)) => labels.contains(wallet),
            (Selected::These(_), None) => false,
        };
        let agent_fits = match &self.agents {
            Selected::Any => true,
            Selected::These(names) => names.iter().any(|name| name.as_str() == agent),
        };
        wallet_fits && agent_fits
    }
}

impl Tools {
    pub(crate) fn allows(&self, tool: Tool) -> bool {
        self.allow.binary_search(&tool).is_ok()
    }

    pub(crate) fn denies(&self, tool: Tool) -> bool {
        self.deny.binary_search(&tool).is_ok()
    }

    pub(crate) fn needs_dry_run(&self, tool: Tool) -> bool {
        self.dry_run.binary_search(&tool).is_ok()
    }
}

impl Rate {
    pub(crate) fn counts(&self, tool: Tool) -> bool {
        self.tools.binary_search(&tool).is_ok()
    }
}

impl RateId {
    pub(crate) fn new(layer: Layer, name: &Label, index: usize) -> Self {
        let digest = alloy_primitives::keccak256(format!("{layer:?}/{name}/{index}"));
        let mut id = [0u8; 16];
        id.copy_from_slice(&digest[..16]);
        Self(id)
    }
}
