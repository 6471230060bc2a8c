//! What the cases stand on.

use std::sync::Arc;

use vaultpilot_core::{Tenant, TenantId, Wallet};
use vaultpilot_intent::Intent;
use vaultpilot_policy::Decision;
use vaultpilot_ports::StoreError;
use vaultpilot_ports::store::{
    EventFilter, IntentFilter, Page, ReadTx, Reservation, RunFilter, Store, StrategyFilter, Tx,
};

use crate::fixture::{allowed, tenant, wallet, wrapped_key};

pub(super) async fn begin(store: &Arc<dyn Store>, tenant: TenantId) -> Box<dyn Tx> {
    store.begin(tenant).await.expect("a unit of work begins")
}

pub(super) async fn view(store: &Arc<dyn Store>, tenant: TenantId) -> Box<dyn ReadTx> {
    store.read(tenant).await.expect("a view opens")
}

pub(super) async fn commit(tx: Box<dyn Tx>) {
    tx.commit().await.expect("the unit of work commits");
}

pub(super) async fn new_tenant(store: &Arc<dyn Store>) -> Tenant {
    let tenant = tenant().build();
    assert!(
        store
            .tenant_create(&tenant)
            .await
            .expect("a tenant is created")
    );
    tenant
}

/// A tenant with one wallet.
pub(super) async fn settle(store: &Arc<dyn Store>) -> (TenantId, Wallet) {
    let tenant = new_tenant(store).await;
    (tenant.id, new_wallet(store, tenant.id).await)
}

pub(super) async fn new_wallet(store: &Arc<dyn Store>, tenant: TenantId) -> Wallet {
    let wallet = wallet().of(tenant).build();
    let mut tx = begin(store, tenant).await;
    tx.wallet_insert(&wallet, &wrapped_key(1))
        .await
        .expect("the wallet is new");
    commit(tx).await;
    wallet
}

pub(super) async fn put(store: &Arc<dyn Store>, intent: &Intent) {
    put_judged(store, intent, &allowed()).await;
}

pub(super) async fn put_judged(store: &Arc<dyn Store>, intent: &Intent, decision: &Decision) {
    let mut tx = begin(store, intent.tenant).await;
    tx.intent_insert(intent, decision)
        .await
        .expect("the intent is new");
    commit(tx).await;
}

pub(super) async fn put_reserved(store: &Arc<dyn Store>, it: &(Intent, Reservation)) {
    let mut tx = begin(store, it.0.tenant).await;
    tx.intent_insert(&it.0, &allowed())
        .await
        .expect("the intent is new");
    tx.reservation_insert(&it.1)
        .await
        .expect("the reservation is new");
    commit(tx).await;
}

pub(super) fn is_conflict<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Conflict { .. }))
}

pub(super) fn is_lease_lost<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::LeaseLost))
}

/// Everything that can be listed of a tenant, as text: two equal texts are one state.
pub(super) async fn everything(view: &mut dyn ReadTx) -> String {
    let all = || Page::first(Page::MAX);
    let tenant = view.tenant_fetch().await.expect("read");
    let wallets = view.wallet_list(all()).await.expect("read");
    let mut keys = Vec::new();
    let mut nonces = Vec::new();
    let mut reserved = Vec::new();
    for wallet in &wallets {
        keys.push(view.wallet_key_fetch(wallet.id).await.expect("read"));
        for chain in &wallet.chains {
            nonces.push(view.nonce_next(*chain, wallet.address).await.expect("read"));
            let native = vaultpilot_core::Asset::native(*chain);
            reserved.push(view.reserved(wallet.id, native).await.expect("read"));
        }
    }
    let policies = view.policy_list().await.expect("read");
    let intents = view
        .intent_list(&IntentFilter::default(), all())
        .await
        .expect("read");
    let approvals = view.approval_list(false, all()).await.expect("read");
    let api_keys = view.api_key_list().await.expect("read");
    let events = view
        .audit_search(&EventFilter::default(), all())
        .await
        .expect("read");
    let every = StrategyFilter {
        with_detached: true,
        ..StrategyFilter::default()
    };
    let strategies = view.strategy_list(&every, all()).await.expect("read");
    let runs = view
        .run_list(&RunFilter::default(), all())
        .await
        .expect("read");
    let opened_by = view.kek_list().await.expect("read");
    let counted = view.wallet_key_count().await.expect("read");
    let tasks = view.key_task_list(all()).await.expect("read");
    format!(
        "{opened_by:?}\n{counted:?}\n{tasks:?}\n{tenant:?}\n{wallets:?}\n{keys:?}\n{nonces:?}\n{reserved:?}\n{policies:?}\n\
         {intents:?}\n{approvals:?}\n{api_keys:?}\n{events:?}\n{strategies:?}\n{runs:?}"
    )
}
