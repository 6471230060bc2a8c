//! Units of work on durable state. A transaction is scoped to one tenant from its first statement.

mod hint;
mod key_task;
mod record;
mod strategy;

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use async_trait::async_trait;
use vaultpilot_audit::{Draft, Entry, Head};
use vaultpilot_core::{
    ApprovalId, Asset, BaseUnits, ChainId, Duration, IntentId, KeyId, KeyTaskId, Label, Managed,
    RequestId, RunId, StrategyId, Tenant, TenantId, TenantName, Timestamp, Wallet, WalletId,
    WalletState, Wei,
};
use vaultpilot_intent::{Digest, Intent, StateName};
use vaultpilot_policy::{Decision, RecipientFacts, UsageKey, Used};
use vaultpilot_strategy::{Run, Strategy};

use crate::keys::{TenantKek, WrappedKey};

pub use hint::{Hint, Hints};
pub use key_task::{ImportPolicy, KeyImport, KeyLevel, KeyTask, KeyTaskState, KeyWork};
pub use record::{
    ApiKey, Approval, ApprovalState, EventFilter, InFlight, IntentFilter, Lease, Page,
    PolicyRecord, Reservation, SecretHash,
};
pub use strategy::{RunFilter, StrategyFilter};

/// Why a unit of work failed. Nothing of it has happened then.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Busy, disconnected, out of space. Worth a retry.
    #[error("store is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Another writer was first: a unique key is taken or a revision has moved on.
    #[error("{what} was changed by somebody else")]
    Conflict { what: &'static str },
    /// A row that no code of ours writes.
    #[error("row of {table} is inconsistent in {column}")]
    Inconsistent {
        table: &'static str,
        column: &'static str,
        row: String,
    },
    /// The lease is held by another holder, or its fencing epoch has moved on.
    #[error("lease was lost")]
    LeaseLost,
}

/// Durable state. Contract: `begin` gives a serialisable unit of work; two units that write never
/// interleave; dropping one without `commit` undoes it.
#[async_trait]
pub trait Store: Send + Sync {
    /// A unit of work that may write.
    async fn begin(&self, tenant: TenantId) -> Result<Box<dyn Tx>, StoreError>;
    /// A consistent view that never waits for writers.
    async fn read(&self, tenant: TenantId) -> Result<Box<dyn ReadTx>, StoreError>;
    /// Makes a tenant; `false` when the name is taken.
    async fn tenant_create(&self, tenant: &Tenant) -> Result<bool, StoreError>;
    async fn tenant_find(&self, name: &TenantName) -> Result<Option<Tenant>, StoreError>;
    /// The tenant this Kubernetes namespace belongs to. A namespace belongs to one at most.
    async fn tenant_find_by_namespace(&self, namespace: &str)
    -> Result<Option<Tenant>, StoreError>;
    async fn tenant_list(&self) -> Result<Vec<Tenant>, StoreError>;
    /// What other processes change; `None` for a store that only this process has open.
    async fn hints(&self) -> Result<Option<Box<dyn Hints>>, StoreError>;
    /// Whether it answers at all, for readiness.
    async fn ping(&self) -> Result<(), StoreError>;
    /// Intents of all tenants the executor has work on (`StateName::is_in_flight`), oldest first.
    async fn intent_in_flight(&self) -> Result<Vec<InFlight>, StoreError>;
    /// Approvals of all tenants whose time is over and which nobody decided.
    async fn approval_overdue(
        &self,
        now: Timestamp,
    ) -> Result<Vec<(TenantId, ApprovalId)>, StoreError>;
    /// Key tasks of all tenants that are open at `now` (`KeyTaskState::is_open`), oldest first: running
    /// ones, those that await approval too long, and those whose bundle nobody fetched yet.
    async fn key_task_open(&self, now: Timestamp)
    -> Result<Vec<(TenantId, KeyTaskId)>, StoreError>;
    /// Takes or renews the right to sign for (chain, address) until `now + ttl`; `None` while
    /// somebody else holds it. A take-over raises the epoch.
    async fn lease_acquire(
        &self,
        chain: ChainId,
        address: Address,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Option<Lease>, StoreError>;
}

/// Reads of one tenant.
#[async_trait]
pub trait ReadTx: Send {
    async fn tenant_fetch(&mut self) -> Result<Option<Tenant>, StoreError>;
    /// Grows with every change of the tenant, its policies, the states of its wallets and its keys:
    /// what was read at the same revision is still in force. 0 for a tenant that is not there.
    async fn revision(&mut self) -> Result<u64, StoreError>;

    async fn wallet_fetch(&mut self, id: WalletId) -> Result<Option<Wallet>, StoreError>;
    async fn wallet_find(&mut self, label: &Label) -> Result<Option<Wallet>, StoreError>;
    /// By label.
    async fn wallet_list(&mut self, page: Page) -> Result<Vec<Wallet>, StoreError>;
    async fn wallet_find_by_address(
        &mut self,
        address: Address,
    ) -> Result<Option<Wallet>, StoreError>;
    /// The newest version, and of that the newest generation.
    async fn wallet_key_fetch(&mut self, id: WalletId) -> Result<Option<WrappedKey>, StoreError>;
    /// Newest keys of wallets that are under a key-encryption key older than `kek`, or under none
    /// but wrapped all the same (`local`); by wallet, after `after`.
    async fn wallet_key_list_behind(
        &mut self,
        kek: u32,
        after: Option<WalletId>,
        limit: u32,
    ) -> Result<Vec<(WalletId, WrappedKey)>, StoreError>;
    /// How many wallet keys, newest ones, are under which version of the key-encryption key.
    async fn wallet_key_count(
        &mut self,
    ) -> Result<BTreeMap<(String, Option<u32>), u64>, StoreError>;

    /// The key-encryption key in force: the newest generation of the newest version.
    async fn kek_current(&mut self) -> Result<Option<TenantKek>, StoreError>;
    /// The newest generation of a version.
    async fn kek_fetch(&mut self, version: u32) -> Result<Option<TenantKek>, StoreError>;
    /// The newest generation of every version, by version.
    async fn kek_list(&mut self) -> Result<Vec<TenantKek>, StoreError>;

    async fn key_task_fetch(&mut self, id: KeyTaskId) -> Result<Option<KeyTask>, StoreError>;
    /// Newest first.
    async fn key_task_list(&mut self, page: Page) -> Result<Vec<KeyTask>, StoreError>;

    async fn policy_list(&mut self) -> Result<Vec<PolicyRecord>, StoreError>;

    async fn intent_fetch(
        &mut self,
        id: IntentId,
    ) -> Result<Option<(Intent, Decision)>, StoreError>;
    async fn intent_find(
        &mut self,
        request: &RequestId,
    ) -> Result<Option<(Intent, Decision)>, StoreError>;
    async fn intent_find_by_hash(
        &mut self,
        hash: B256,
    ) -> Result<Option<(Intent, Decision)>, StoreError>;
    /// Newest first.
    async fn intent_list(
        &mut self,
        filter: &IntentFilter,
        page: Page,
    ) -> Result<Vec<(Intent, Decision)>, StoreError>;
    /// The newest intent of the same wallet, tool and effect since `since` that was not denied,
    /// rejected, expired, cancelled or refused.
    async fn intent_find_alike(
        &mut self,
        wallet: WalletId,
        digest: Digest,
        since: Timestamp,
    ) -> Result<Option<IntentId>, StoreError>;

    /// What is reserved, however long already, plus what was committed later than `since`, in the
    /// key's scope: the tenant, the wallet, or the agent on the wallet. Money that is held can still
    /// be spent, so it never leaves a window. `oldest` is never before `since`.
    async fn usage(
        &mut self,
        key: &UsageKey,
        wallet: WalletId,
        agent: &str,
        since: Timestamp,
    ) -> Result<Used, StoreError>;
    /// Since when the wallet has paid these recipients in this asset (first final or confirmed
    /// payment). Another chain or token makes nobody known.
    async fn recipients(
        &mut self,
        wallet: WalletId,
        asset: Asset,
        addresses: &[Address],
    ) -> Result<BTreeMap<Address, RecipientFacts>, StoreError>;
    /// What is reserved and not yet committed of an asset, for `insufficient_funds`.
    async fn reserved(&mut self, wallet: WalletId, asset: Asset) -> Result<BaseUnits, StoreError>;

    async fn approval_fetch(&mut self, id: ApprovalId) -> Result<Option<Approval>, StoreError>;
    /// Newest first; only waiting ones when asked so.
    async fn approval_list(
        &mut self,
        waiting_only: bool,
        page: Page,
    ) -> Result<Vec<Approval>, StoreError>;

    async fn api_key_find(&mut self, hash: &SecretHash) -> Result<Option<ApiKey>, StoreError>;
    async fn api_key_list(&mut self) -> Result<Vec<ApiKey>, StoreError>;

    async fn audit_head(&mut self) -> Result<Head, StoreError>;
    /// Entries after `after`, in order.
    async fn audit_list(&mut self, after: u64, limit: u32) -> Result<Vec<Entry>, StoreError>;
    /// Newest first.
    async fn audit_search(
        &mut self,
        filter: &EventFilter,
        page: Page,
    ) -> Result<Vec<Entry>, StoreError>;

    /// The nonce after the highest one an intent of ours owns.
    async fn nonce_next(
        &mut self,
        chain: ChainId,
        address: Address,
    ) -> Result<Option<u64>, StoreError>;
    /// Whether this request was simulated since `since`.
    async fn dry_run_seen(&mut self, digest: Digest, since: Timestamp) -> Result<bool, StoreError>;

    async fn strategy_fetch(&mut self, id: StrategyId) -> Result<Option<Strategy>, StoreError>;
    /// The one of this name that is not detached; there is one at most.
    async fn strategy_find(&mut self, name: &Label) -> Result<Option<Strategy>, StoreError>;
    /// By id, which is by age, oldest first.
    async fn strategy_list(
        &mut self,
        filter: &StrategyFilter,
        page: Page,
    ) -> Result<Vec<Strategy>, StoreError>;
    /// How many are not detached.
    async fn strategy_count(&mut self) -> Result<u64, StoreError>;
    /// Active ones whose next tick is due at `now`, the longest due first.
    async fn strategy_due(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Strategy>, StoreError>;
    /// When the next tick of any strategy is due, or the first lease of a run ends.
    async fn strategy_next(&mut self) -> Result<Option<Timestamp>, StoreError>;

    async fn run_fetch(&mut self, id: RunId) -> Result<Option<Run>, StoreError>;
    /// Newest first.
    async fn run_list(&mut self, filter: &RunFilter, page: Page) -> Result<Vec<Run>, StoreError>;
    /// Leased ones whose lease is over at `now`, the longest over first.
    async fn run_expired(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Run>, StoreError>;
}

/// A unit of work of one tenant.
#[async_trait]
pub trait Tx: ReadTx {
    /// Replaces everything but id, name and birth. `Conflict` when the namespace is another's, and
    /// when what wraps the tenant's keys changes and there is a key-encryption key already.
    async fn tenant_update(&mut self, tenant: &Tenant) -> Result<(), StoreError>;

    /// Writes wallet and key; `Conflict` (of `wallet`) when the label is taken, and (of
    /// `wallet address`) when the address is, by any wallet of any tenant: a key is never
    /// overwritten, and no key has two budgets. Also when the key-encryption key that the key names
    /// is not there.
    async fn wallet_insert(&mut self, wallet: &Wallet, key: &WrappedKey) -> Result<(), StoreError>;
    /// Adds the next generation of a key; `Conflict` unless it follows the newest one, and the
    /// key-encryption key it names is there.
    async fn wallet_key_rewrap(&mut self, id: WalletId, key: &WrappedKey)
    -> Result<(), StoreError>;
    /// Deletes all generations of all keys but the newest of each; gives how many.
    async fn wallet_key_purge(&mut self) -> Result<u64, StoreError>;

    /// Adds the next key-encryption key, or the next generation of one, with the same public halves;
    /// `Conflict` unless it follows the newest. Never overwrites one.
    async fn kek_insert(&mut self, kek: &TenantKek) -> Result<(), StoreError>;
    /// Deletes all generations but the newest of each version, and versions that are older than the
    /// newest and that no wallet key and no open task names; gives how many rows.
    async fn kek_purge(&mut self) -> Result<u64, StoreError>;

    async fn key_task_insert(&mut self, task: &KeyTask) -> Result<(), StoreError>;
    /// Replaces revision, state, work (an import forgets its sealed keys once it ended) and when that
    /// was; `Conflict` unless the stored one has the revision that was `seen`.
    async fn key_task_update(&mut self, seen: u64, task: &KeyTask) -> Result<(), StoreError>;
    async fn wallet_update(&mut self, id: WalletId, state: &WalletState) -> Result<(), StoreError>;
    /// Gives the wallet to a resource, or frees it.
    async fn wallet_manage(
        &mut self,
        id: WalletId,
        managed: Option<&Managed>,
    ) -> Result<(), StoreError>;
    /// Adds chains to a wallet; none is ever removed.
    async fn wallet_add_chains(
        &mut self,
        id: WalletId,
        chains: &[ChainId],
    ) -> Result<(), StoreError>;

    /// Inserts or replaces by name.
    async fn policy_put(&mut self, policy: &PolicyRecord) -> Result<(), StoreError>;
    /// `false` when there is none of that name.
    async fn policy_delete(&mut self, name: &Label) -> Result<bool, StoreError>;

    /// `Conflict` when the request id is taken.
    async fn intent_insert(
        &mut self,
        intent: &Intent,
        decision: &Decision,
    ) -> Result<(), StoreError>;
    /// Replaces state and decision, and on leaving `AwaitingApproval`, where it was judged again, the
    /// policy version and action digest; `Conflict` unless the stored state is named `from`.
    async fn intent_update(
        &mut self,
        from: StateName,
        intent: &Intent,
        decision: &Decision,
    ) -> Result<(), StoreError>;

    async fn reservation_insert(&mut self, reservation: &Reservation) -> Result<(), StoreError>;
    /// Turns reserved into spent: the amounts stay when `spent`, else become zero; gas is what was
    /// really paid. Windows count it from `at` on. Repeating it changes no date.
    async fn reservation_commit(
        &mut self,
        intent: IntentId,
        spent: bool,
        gas: Wei,
        at: Timestamp,
    ) -> Result<(), StoreError>;
    /// Back to reserved with the amounts first reserved, from committed (a reorganised block) or
    /// from released (set aside while the same intent is judged again). The date stays.
    async fn reservation_restore(&mut self, intent: IntentId) -> Result<(), StoreError>;
    async fn reservation_release(&mut self, intent: IntentId) -> Result<(), StoreError>;

    /// Binds a nonce to an intent for ever, under a lease. `Conflict` when another intent owns it,
    /// `LeaseLost` when the epoch has moved on.
    async fn nonce_take(
        &mut self,
        lease: &Lease,
        nonce: u64,
        intent: IntentId,
    ) -> Result<(), StoreError>;

    async fn approval_insert(&mut self, approval: &Approval) -> Result<(), StoreError>;
    /// Replaces the state; `Conflict` unless it is still waiting with as many failed codes as
    /// `seen` has.
    async fn approval_update(
        &mut self,
        seen: &Approval,
        state: &ApprovalState,
    ) -> Result<(), StoreError>;

    async fn api_key_insert(&mut self, key: &ApiKey) -> Result<(), StoreError>;
    async fn api_key_revoke(&mut self, id: KeyId, at: Timestamp) -> Result<bool, StoreError>;

    async fn dry_run_insert(&mut self, digest: Digest, at: Timestamp) -> Result<(), StoreError>;

    /// `Conflict` when one of this name is not detached.
    async fn strategy_insert(&mut self, strategy: &Strategy) -> Result<(), StoreError>;
    /// Replaces everything but id, name, wallet and birth; `Conflict` unless the stored one has the
    /// revision that was `seen` and a body of the same type.
    async fn strategy_update(&mut self, seen: u64, strategy: &Strategy) -> Result<(), StoreError>;

    /// `Conflict` when the strategy has a run for this tick.
    async fn run_insert(&mut self, run: &Run) -> Result<(), StoreError>;
    /// Replaces epoch and state. `LeaseLost` unless the stored run has the epoch that was `seen`;
    /// `Conflict` when it has ended: an outcome is fixed.
    async fn run_update(&mut self, seen: i64, run: &Run) -> Result<(), StoreError>;
    /// Deletes ended runs of the strategy but the newest `keep`; gives how many.
    async fn run_trim(&mut self, strategy: StrategyId, keep: u32) -> Result<u64, StoreError>;

    /// Chains the drafts behind the tenant's head, in this unit of work.
    async fn audit_append(&mut self, drafts: Vec<Draft>) -> Result<Head, StoreError>;

    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}
