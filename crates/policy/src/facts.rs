//! What a decision is judged on. Everything is handed in; nothing is looked up.

use std::collections::BTreeMap;

use vaultpilot_core::{
    Address, ApprovalId, Asset, BaseUnits, Caller, Effect, Label, Timestamp, Tool, Wei,
};

use crate::{Usage, decision::Approvers};

/// One call, and all that is known about it at one instant.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    pub now: Timestamp,
    pub caller: &'a Caller,
    pub tool: Tool,
    pub freeze: Freeze,
    /// The wallet the call is about; `None` for tools that have none.
    pub wallet: Option<&'a Label>,
    pub effects: &'a [Effect],
    /// `None` when unknown: denied where a policy limits gas.
    pub gas: Option<GasFacts>,
    /// The sums `PolicySet::usage_keys` asked for.
    pub usage: &'a Usage,
    /// A missing one is unknown, not zero.
    pub balances: &'a BTreeMap<Asset, BaseUnits>,
    /// Who was paid before by this wallet in the asset of the call; who is missing never was.
    pub recipients: &'a BTreeMap<Address, RecipientFacts>,
    /// Whether this very call was simulated lately; `None` is unknown and counts as no.
    pub dry_run_seen: Option<bool>,
    /// Present when an approved request is judged again.
    pub approval: Option<&'a GrantedApproval>,
}

impl<'a> Facts<'a> {
    /// A call with no wallet, no effects and nothing known.
    pub fn new(now: Timestamp, caller: &'a Caller, tool: Tool) -> Self {
        static USAGE: Usage = BTreeMap::new();
        static BALANCES: BTreeMap<Asset, BaseUnits> = BTreeMap::new();
        static RECIPIENTS: BTreeMap<Address, RecipientFacts> = BTreeMap::new();
        Self {
            now,
            caller,
            tool,
            freeze: Freeze::default(),
            wallet: None,
            effects: &[],
            gas: None,
            usage: &USAGE,
            balances: &BALANCES,
            recipients: &RECIPIENTS,
            dry_run_seen: None,
            approval: None,
        }
    }
}

/// Which kill switches are on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Freeze {
    pub platform: bool,
    pub tenant: bool,
    /// The reason, when this wallet is frozen or halted.
    pub wallet: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GasFacts {
    /// Gas limit times `max_fee_per_gas`.
    pub max_cost: Wei,
    pub max_fee_per_gas: Wei,
    pub max_priority_fee_per_gas: Wei,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecipientFacts {
    pub first_paid_at: Timestamp,
}

/// What people agreed to. It answers "a person must be asked" and no other rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantedApproval {
    pub id: ApprovalId,
    /// How many people agreed.
    pub quorum: u32,
    /// Whether each of them gave the one-time code.
    pub code: bool,
    /// Names and `group:<name>` of those who agreed.
    pub by: Vec<String>,
}

impl GrantedApproval {
    /// Whether this is as much as today's terms ask for.
    pub(crate) fn satisfies(&self, quorum: u32, code: bool, of: &Approvers) -> bool {
        self.quorum >= quorum && (self.code || !code) && of.admit(&self.by)
    }
}

#[cfg(test)]
mod tests;
