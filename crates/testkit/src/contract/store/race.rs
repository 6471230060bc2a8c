//! Several writers at once. A unit of work that lost a race may be refused as busy or in conflict;
//! it is tried again, as callers do, and what remains must be as if they had queued.

use std::sync::Arc;

use tokio::task::JoinSet;
use vaultpilot_audit::{Action, Actor, Draft, Outcome, verify};
use vaultpilot_core::{Asset, Duration, TenantId, Wallet};
use vaultpilot_policy::{CounterScope, UsageKey};
use vaultpilot_ports::{Store, StoreError};

use super::ground::{is_conflict, settle, view};
use crate::fixture::{CHAIN, allowed, audit_id, eth, request_id, second, transfer};

const TASKS: usize = 8;
const PATIENCE: usize = 1000;

fn lost_a_race(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(_) | StoreError::Conflict { .. })
}

async fn append(store: &Arc<dyn Store>, tenant: TenantId) -> Result<(), StoreError> {
    let draft =
        || Draft::new(audit_id(), second(1), Action::ToolCalled, Actor::System, Outcome::Allowed);
    let mut tx = store.begin(tenant).await?;
    tx.audit_append(vec![draft(), draft()]).await?;
    tx.commit().await
}

pub(super) async fn appends_leave_no_gap(store: &Arc<dyn Store>) {
    let (tenant, _) = settle(store).await;
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let store = Arc::clone(store);
        tasks.spawn(async move {
            for _ in 0..10 {
                let mut tries = 0;
                while let Err(error) = append(&store, tenant).await {
                    tries += 1;
                    assert!(lost_a_race(&error) && tries < PATIENCE, "{error:?}");
                    tokio::task::yield_now().await;
                }
            }
        });
    }
    tasks.join_all().await;

    let mut seen = view(store, tenant).await;
    let entries = seen.audit_list(0, 1000).await.unwrap();
    assert_eq!(entries.len(), TASKS * 10 * 2);
    assert_eq!(verify(tenant, &entries), Ok(seen.audit_head().await.unwrap()));
}

/// Reserves one coin if the limit of five allows it.
async fn spend(store: &Arc<dyn Store>, wallet: &Wallet) -> Result<bool, StoreError> {
    let window = Duration::from_hours(1);
    let key = UsageKey { scope: CounterScope::Wallet, asset: Asset::native(CHAIN), window };
    let mut tx = store.begin(wallet.tenant).await?;
    let used = tx.usage(&key, wallet.id, "trader", second(0)).await?;
    // Whoever else runs gets every chance to read the same sum.
    tokio::task::yield_now().await;
    if used.spent.saturating_add(eth(1)) > eth(5) {
        return Ok(false);
    }
    let (intent, reservation) =
        transfer(wallet).of(eth(1)).created_at(second(1)).with_reservation();
    tx.intent_insert(&intent, &allowed()).await?;
    tx.reservation_insert(&reservation).await?;
    tx.commit().await?;
    Ok(true)
}

pub(super) async fn budget_is_never_overspent(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let (store, wallet) = (Arc::clone(store), wallet.clone());
        tasks.spawn(async move {
            for _ in 0..PATIENCE {
                match spend(&store, &wallet).await {
                    Ok(passed) => return passed,
                    Err(error) => assert!(lost_a_race(&error), "{error:?}"),
                }
                tokio::task::yield_now().await;
            }
            panic!("never served");
        });
    }
    let passed = tasks.join_all().await.into_iter().filter(|passed| *passed).count();
    assert_eq!(passed, 5);
    let asset = Asset::native(CHAIN);
    let key = UsageKey { scope: CounterScope::Tenant, asset, window: Duration::from_hours(1) };
    let used = view(store, tenant).await.usage(&key, wallet.id, "x", second(0)).await.unwrap();
    assert_eq!((used.spent, used.count), (eth(5), 5));
}

pub(super) async fn request_is_recorded_once(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let request = request_id();
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let (store, wallet, request) = (Arc::clone(store), wallet.clone(), request.clone());
        tasks.spawn(async move {
            let intent = transfer(&wallet).requested_as(&request).build();
            for _ in 0..PATIENCE {
                let tried: Result<(), StoreError> = async {
                    let mut tx = store.begin(tenant).await?;
                    tx.intent_insert(&intent, &allowed()).await?;
                    tx.commit().await
                }
                .await;
                match &tried {
                    Ok(()) => return Some(intent.id),
                    Err(_) if is_conflict(&tried) => return None,
                    Err(error) => assert!(lost_a_race(error), "{error:?}"),
                }
                tokio::task::yield_now().await;
            }
            panic!("never served");
        });
    }
    let won: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    let found = view(store, tenant).await.intent_find(&request).await.unwrap();
    assert_eq!(won, [found.expect("one of them was first").0.id]);
}
