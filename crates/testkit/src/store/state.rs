//! What is kept: rows by tenant, so that no query can reach another tenant's.

use std::collections::BTreeMap;
use std::sync::Arc;

use vaultpilot_audit::Entry;
use vaultpilot_core::{
    Address, ApprovalId, Asset, BaseUnits, ChainId, IntentId, KeyId, KeyTaskId, Label, RunId,
    StrategyId, Tenant, TenantId, Timestamp, Wallet, WalletId, Wei,
};
use vaultpilot_intent::{Digest, Intent};
use vaultpilot_policy::Decision;
use vaultpilot_ports::keys::{TenantKek, WrappedKey};
use vaultpilot_ports::store::{ApiKey, Approval, KeyTask, Lease, PolicyRecord, Reservation};
use vaultpilot_strategy::{Run, Strategy};

#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub(super) tenants: BTreeMap<TenantId, Tenant>,
    pub(super) rows: BTreeMap<TenantId, Arc<Rows>>,
    pub(super) leases: BTreeMap<(ChainId, Address), Lease>,
    pub(super) nonces: BTreeMap<(ChainId, Address, u64), (TenantId, IntentId)>,
}

/// One tenant's.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    pub(super) wallets: BTreeMap<WalletId, Wallet>,
    /// By wallet, version and generation.
    pub(super) keys: BTreeMap<(WalletId, u32, u32), WrappedKey>,
    /// By version and generation.
    pub(super) keks: BTreeMap<(u32, u32), TenantKek>,
    pub(super) key_tasks: BTreeMap<KeyTaskId, KeyTask>,
    pub(super) policies: BTreeMap<Label, PolicyRecord>,
    pub(super) intents: BTreeMap<IntentId, (Intent, Decision)>,
    pub(super) bookings: BTreeMap<IntentId, Booking>,
    pub(super) approvals: BTreeMap<ApprovalId, Approval>,
    pub(super) api_keys: BTreeMap<KeyId, ApiKey>,
    pub(super) dry_runs: BTreeMap<Digest, Timestamp>,
    pub(super) strategies: BTreeMap<StrategyId, Strategy>,
    pub(super) runs: BTreeMap<RunId, Run>,
    pub(super) audit: Vec<Entry>,
    /// See `ReadTx::revision`.
    pub(super) revision: u64,
}

/// A reservation and what became of it.
#[derive(Debug, Clone)]
pub(super) struct Booking {
    /// Its `at` is the commit's once there was one: windows count from it.
    pub(super) reserved: Reservation,
    pub(super) stage: Stage,
}

#[derive(Debug, Clone)]
pub(super) enum Stage {
    Reserved,
    /// With what was really spent.
    Committed(Spent),
    /// Counts nowhere, and can be reserved again.
    Released,
}

#[derive(Debug, Clone)]
pub(super) struct Spent {
    pub(super) amounts: BTreeMap<Asset, BaseUnits>,
    #[expect(
        dead_code,
        reason = "kept as a real store keeps it; nothing sums paid gas yet"
    )]
    pub(super) gas: Wei,
}

impl Booking {
    /// What counts of an asset: what was spent, or what is still set aside.
    pub(super) fn amount(&self, asset: Asset) -> Option<BaseUnits> {
        let amounts = match &self.stage {
            Stage::Reserved => &self.reserved.amounts,
            Stage::Committed(spent) => &spent.amounts,
            Stage::Released => return None,
        };
        amounts.get(&asset).copied()
    }

    /// What is set aside of an asset; gas is native coin of the transaction's chain.
    pub(super) fn open(&self, asset: Asset) -> BaseUnits {
        if !matches!(self.stage, Stage::Reserved) {
            return BaseUnits::ZERO;
        }
        let amount = self
            .reserved
            .amounts
            .get(&asset)
            .copied()
            .unwrap_or_default();
        let burns_gas = asset == Asset::native(self.reserved.chain);
        let gas = if burns_gas {
            self.reserved.gas.to_base_units()
        } else {
            BaseUnits::ZERO
        };
        amount.saturating_add(gas)
    }
}
