//! Several writers at once. A unit of work that lost a race may be refused as busy or in conflict;
//! it is tried again, as callers do, and what remains must be as if they had queued.

use std::sync::Arc;

use tokio::task::JoinSet;
use vaultpilot_audit::{Action, Actor, Draft, Outcome, verify};
use vaultpilot_core::{Asset, Duration, TenantId, Wallet};
use vaultpilot_policy::{CounterScope, UsageKey};
use vaultpilot_ports::store::{ApprovalState, KeyTaskState};
use vaultpilot_ports::{Store, StoreError};

use super::ground::{begin, commit, is_conflict, new_tenant, put, settle, view};
use crate::fixture::{
    CHAIN, address, allowed, approval, audit_id, eth, kek, key_import, key_task, moved_task,
    person, request_id, second, transfer, wallet, wrapped_key,
};

const TASKS: usize = 8;
const PATIENCE: usize = 1000;

fn lost_a_race(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Unavailable(_) | StoreError::Conflict { .. }
    )
}

async fn append(store: &Arc<dyn Store>, tenant: TenantId) -> Result<(), StoreError> {
    let draft = || {
        Draft::new(
            audit_id(),
            second(1),
            Action::ToolCalled,
            Actor::System,
            Outcome::Allowed,
        )
    };
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
    assert_eq!(
        verify(tenant, &entries),
        Ok(seen.audit_head().await.unwrap())
    );
}

/// Reserves one coin if the limit of five allows it.
async fn spend(store: &Arc<dyn Store>, wallet: &Wallet) -> Result<bool, StoreError> {
    let window = Duration::from_hours(1);
    let key = UsageKey {
        scope: CounterScope::Wallet,
        asset: Asset::native(CHAIN),
        window,
    };
    let mut tx = store.begin(wallet.tenant).await?;
    let used = tx.usage(&key, wallet.id, "trader", second(0)).await?;
    // Whoever else runs gets every chance to read the same sum.
    tokio::task::yield_now().await;
    if used.spent.saturating_add(eth(1)) > eth(5) {
        return Ok(false);
    }
    let (intent, reservation) = transfer(wallet)
        .of(eth(1))
        .created_at(second(1))
        .with_reservation();
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
    let passed = tasks
        .join_all()
        .await
        .into_iter()
        .filter(|passed| *passed)
        .count();
    assert_eq!(passed, 5);
    let asset = Asset::native(CHAIN);
    let key = UsageKey {
        scope: CounterScope::Tenant,
        asset,
        window: Duration::from_hours(1),
    };
    let used = view(store, tenant)
        .await
        .usage(&key, wallet.id, "x", second(0))
        .await
        .unwrap();
    assert_eq!((used.spent, used.count), (eth(5), 5));
}

/// Tries as callers do: again while busy. Whether it won, or lost for good.
async fn wins<F: Future<Output = Result<(), StoreError>>>(attempt: impl Fn() -> F) -> bool {
    for _ in 0..PATIENCE {
        let tried = attempt().await;
        match &tried {
            Ok(()) => return true,
            Err(_) if is_conflict(&tried) => return false,
            Err(error) => assert!(lost_a_race(error), "{error:?}"),
        }
        tokio::task::yield_now().await;
    }
    panic!("never served")
}

/// Runs one attempt for each of these at once, and says whose won.
async fn race<T, F>(of: Vec<T>, attempt: impl Fn(T) -> F) -> Vec<T>
where
    T: Clone + Send + 'static,
    F: Future<Output = bool> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for it in of {
        let running = attempt(it.clone());
        tasks.spawn(async move { running.await.then_some(it) });
    }
    tasks.join_all().await.into_iter().flatten().collect()
}

pub(super) async fn request_is_recorded_once(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let request = request_id();
    let intents: Vec<_> = (0..TASKS)
        .map(|_| transfer(&wallet).requested_as(&request).build())
        .collect();
    let won = race(intents, |intent| {
        let store = Arc::clone(store);
        async move {
            wins(async || {
                let mut tx = store.begin(tenant).await?;
                tx.intent_insert(&intent, &allowed()).await?;
                tx.commit().await
            })
            .await
        }
    })
    .await;
    let found = view(store, tenant)
        .await
        .intent_find(&request)
        .await
        .unwrap();
    assert_eq!(won, [found.expect("one of them was first").0]);
}

pub(super) async fn nonce_is_taken_once(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let ttl = Duration::from_mins(1);
    let lease = store
        .lease_acquire(CHAIN, wallet.address, "one", second(0), ttl)
        .await
        .unwrap();
    let lease = lease.expect("nobody holds it");
    let mut intents = Vec::new();
    for _ in 0..TASKS {
        let intent = transfer(&wallet).build();
        put(store, &intent).await;
        intents.push(intent.id);
    }
    let won = race(intents, |intent| {
        let (store, lease) = (Arc::clone(store), lease.clone());
        async move {
            wins(async || {
                let mut tx = store.begin(tenant).await?;
                tx.nonce_take(&lease, 7, intent).await?;
                tx.commit().await
            })
            .await
        }
    })
    .await;
    assert_eq!(won.len(), 1, "a nonce belongs to one intent: {won:?}");
    let next = view(store, tenant)
        .await
        .nonce_next(CHAIN, wallet.address)
        .await
        .unwrap();
    assert_eq!(next, Some(8));
}

pub(super) async fn approval_is_decided_once(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let intent = transfer(&wallet).build();
    put(store, &intent).await;
    let asked = approval(&intent).build();
    let mut tx = begin(store, tenant).await;
    tx.approval_insert(&asked).await.unwrap();
    commit(tx).await;
    let answers: Vec<_> = (0..TASKS)
        .map(|task| {
            let (by, at) = (person("anna").build().kind, second(5));
            if task % 2 == 0 {
                ApprovalState::Approved { by, at }
            } else {
                ApprovalState::Rejected { by, at }
            }
        })
        .collect();
    let won = race(answers, |answer| {
        let (store, asked) = (Arc::clone(store), asked.clone());
        async move {
            wins(async || {
                let mut tx = store.begin(tenant).await?;
                tx.approval_update(&asked, &answer).await?;
                tx.commit().await
            })
            .await
        }
    })
    .await;
    let decided = view(store, tenant)
        .await
        .approval_fetch(asked.id)
        .await
        .unwrap();
    assert_eq!(won, [decided.expect("it is there").state]);
}

pub(super) async fn lease_is_given_once(store: &Arc<dyn Store>) {
    let ttl = Duration::from_mins(1);
    // First come, and then again when it has ended: a take-over is a race, too.
    for now in [0, 100] {
        let holders: Vec<_> = (0..TASKS).map(|task| format!("{now}-{task}")).collect();
        let won = race(holders, |holder| {
            let store = Arc::clone(store);
            async move {
                for _ in 0..PATIENCE {
                    let tried = store.lease_acquire(CHAIN, address(7), &holder, second(now), ttl);
                    match tried.await {
                        Ok(lease) => return lease.is_some(),
                        Err(error) => assert!(lost_a_race(&error), "{error:?}"),
                    }
                    tokio::task::yield_now().await;
                }
                panic!("never served")
            }
        })
        .await;
        assert_eq!(won.len(), 1, "one signs for an address: {won:?}");
    }
}

pub(super) async fn kek_is_made_once(store: &Arc<dyn Store>) {
    let (tenant, _) = settle(store).await;
    let keks: Vec<_> = (0..TASKS).map(|_| kek(1)).collect();
    let won = race(keks, |kek| {
        let store = Arc::clone(store);
        async move {
            wins(async || {
                let mut tx = store.begin(tenant).await?;
                tx.kek_insert(&kek).await?;
                tx.commit().await
            })
            .await
        }
    })
    .await;
    let made = view(store, tenant).await.kek_list().await.unwrap();
    assert_eq!(won, made);
    assert_eq!(won.len(), 1, "{won:?}");
}

pub(super) async fn key_task_is_moved_once(store: &Arc<dyn Store>) {
    let (tenant, _) = settle(store).await;
    let task = key_task(key_import(1));
    let mut tx = begin(store, tenant).await;
    tx.key_task_insert(&task).await.unwrap();
    commit(tx).await;
    let moves: Vec<_> = (0..TASKS)
        .map(|number| {
            let code = format!("worker_{number}");
            let detail = String::new();
            moved_task(&task, KeyTaskState::Failed { code, detail })
        })
        .collect();
    let won = race(moves, |moved| {
        let store = Arc::clone(store);
        async move {
            wins(async || {
                let mut tx = store.begin(tenant).await?;
                tx.key_task_update(1, &moved).await?;
                tx.commit().await
            })
            .await
        }
    })
    .await;
    let stored = view(store, tenant).await.key_task_fetch(task.id).await;
    assert_eq!(won, [stored.unwrap().expect("it is there")]);
}

/// Tenants do not wait for each other, and yet one of them has the address.
pub(super) async fn address_is_given_once(store: &Arc<dyn Store>) {
    let mut wallets = Vec::new();
    for _ in 0..TASKS {
        let tenant = new_tenant(store).await.id;
        wallets.push(wallet().of(tenant).at_address(address(9)).build());
    }
    let won = race(wallets.clone(), |wallet| {
        let store = Arc::clone(store);
        async move {
            wins(async || {
                let mut tx = store.begin(wallet.tenant).await?;
                tx.wallet_insert(&wallet, &wrapped_key(1)).await?;
                tx.commit().await
            })
            .await
        }
    })
    .await;
    let mut there = Vec::new();
    for wallet in &wallets {
        let mut seen = view(store, wallet.tenant).await;
        there.extend(seen.wallet_find_by_address(address(9)).await.unwrap());
    }
    assert_eq!(won, there);
    assert_eq!(won.len(), 1, "{won:?}");
}
