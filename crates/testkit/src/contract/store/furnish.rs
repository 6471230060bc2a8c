//! A tenant with one of everything.

use std::sync::Arc;

use vaultpilot_audit::{Action, Actor, Draft, Outcome};
use vaultpilot_core::{Duration, Tenant, Wallet};
use vaultpilot_intent::{Digest, Intent};
use vaultpilot_ports::Store;
use vaultpilot_ports::keys::{TenantKek, WrappedKey};
use vaultpilot_ports::store::{ApiKey, Approval, KeyTask, Lease, PolicyRecord};
use vaultpilot_strategy::{Run, Strategy};

use super::ground::{begin, commit, new_tenant, new_wallet, put, put_reserved};
use crate::fixture::{
    CHAIN, api_key, approval, audit_id, hash, kek, key_import, key_task, next_kek, policy,
    reservation_of, run, second, strategy, transfer, wrapped_key,
};

/// One of everything.
pub(super) struct Furnished {
    pub(super) tenant: Tenant,
    pub(super) wallet: Wallet,
    pub(super) policy: PolicyRecord,
    /// Authorized, with a reservation.
    pub(super) intent: Intent,
    /// Final: its recipient is known.
    pub(super) paid: Intent,
    pub(super) lease: Lease,
    pub(super) nonce: u64,
    pub(super) approval: Approval,
    pub(super) api_key: ApiKey,
    pub(super) dry_run: Digest,
    /// Due at `second(1)`.
    pub(super) strategy: Strategy,
    /// The second generation of it.
    pub(super) kek: TenantKek,
    /// Under no key-encryption key, and behind.
    pub(super) old: Wallet,
    /// Running.
    pub(super) task: KeyTask,
    /// Leased until `second(61)`.
    pub(super) run: Run,
}

impl Furnished {
    pub(super) fn draft(&self) -> Draft {
        let action = Action::IntentDecided;
        Draft {
            wallet: Some(self.wallet.id),
            intent: Some(self.intent.id),
            ..Draft::new(
                audit_id(),
                second(1),
                action,
                Actor::System,
                Outcome::Denied,
            )
        }
    }
}

pub(super) async fn furnish(store: &Arc<dyn Store>) -> Furnished {
    let tenant = new_tenant(store).await;
    let wallet = new_wallet(store, tenant.id).await;
    let intent = transfer(&wallet).created_at(second(1)).build();
    put_reserved(store, &(intent.clone(), reservation_of(&intent))).await;
    let paid = transfer(&wallet).final_(3).build();
    put(store, &paid).await;
    let ttl = Duration::from_mins(1);
    let lease = store
        .lease_acquire(CHAIN, wallet.address, "one", second(0), ttl)
        .await
        .unwrap();
    let strategy = strategy(&wallet, "payroll").due(second(1)).build();
    let full = Furnished {
        run: run(&strategy, second(1)).build(),
        strategy,
        policy: policy("guard"),
        kek: next_kek(&kek(1)),
        old: crate::fixture::wallet().of(tenant.id).build(),
        task: key_task(key_import(1)),
        lease: lease.expect("nobody else signs for a new address"),
        nonce: 3,
        approval: approval(&intent).build(),
        api_key: api_key("trader").build(),
        dry_run: Digest(hash()),
        tenant,
        wallet,
        intent,
        paid,
    };
    let mut tx = begin(store, full.tenant.id).await;
    let first = TenantKek {
        generation: 1,
        ..full.kek.clone()
    };
    tx.kek_insert(&first).await.unwrap();
    tx.kek_insert(&full.kek).await.unwrap();
    let local = WrappedKey {
        provider: "local".to_owned(),
        ..wrapped_key(1)
    };
    tx.wallet_insert(&full.old, &local).await.unwrap();
    tx.key_task_insert(&full.task).await.unwrap();
    tx.policy_put(&full.policy).await.unwrap();
    tx.nonce_take(&full.lease, full.nonce, full.paid.id)
        .await
        .unwrap();
    tx.approval_insert(&full.approval).await.unwrap();
    tx.api_key_insert(&full.api_key).await.unwrap();
    tx.dry_run_insert(full.dry_run, second(1)).await.unwrap();
    tx.strategy_insert(&full.strategy).await.unwrap();
    tx.run_insert(&full.run).await.unwrap();
    tx.audit_append(vec![full.draft()]).await.unwrap();
    commit(tx).await;
    full
}
