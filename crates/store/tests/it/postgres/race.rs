//! Two processes on one database: as if they had queued.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use vaultpilot_audit::verify;
use vaultpilot_core::{Asset, Wallet, WalletState};
use vaultpilot_policy::{CounterScope, UsageKey};
use vaultpilot_ports::store::{Store as _, StoreError};
use vaultpilot_store::PostgresStore;
use vaultpilot_testkit::fixture::{CHAIN, address, allowed, eth, second, transfer};

use super::furnish::draft;
use super::ground::{database, settle};

const TASKS: usize = 16;

async fn pair() -> [Arc<PostgresStore>; 2] {
    let database = database().await;
    [
        Arc::new(database.store().await),
        Arc::new(database.store().await),
    ]
}

/// One attempt for each task, by turns in either process, all at once.
async fn run<T, F>(
    stores: &[Arc<PostgresStore>; 2],
    task: impl Fn(Arc<PostgresStore>, usize) -> F,
) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for place in 0..TASKS {
        tasks.spawn(task(Arc::clone(&stores[place % 2]), place));
    }
    tasks.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_budget_is_never_overspent() {
    let stores = pair().await;
    let ours = settle(&stores[0]).await;
    let passed = run(&stores, |store, _| spend(store, ours.clone())).await;
    assert_eq!(passed.into_iter().filter(|passed| *passed).count(), 5);
}

/// Reserves one coin if the limit of five allows it.
async fn spend(store: Arc<PostgresStore>, ours: Wallet) -> bool {
    let key = UsageKey {
        scope: CounterScope::Wallet,
        asset: Asset::native(CHAIN),
        window: Duration::from_hours(1),
    };
    let mut tx = store.begin(ours.tenant).await.unwrap();
    let used = tx.usage(&key, ours.id, "trader", second(0)).await.unwrap();
    // Whoever else runs gets every chance to read the same sum.
    for _ in 0..20 {
        tx.revision().await.unwrap();
    }
    if used.spent.saturating_add(eth(1)) > eth(5) {
        return false;
    }
    let (intent, reservation) = transfer(&ours)
        .of(eth(1))
        .created_at(second(1))
        .with_reservation();
    tx.intent_insert(&intent, &allowed()).await.unwrap();
    tx.reservation_insert(&reservation).await.unwrap();
    tx.commit().await.unwrap();
    true
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_audit_chain_has_no_gap() {
    let stores = pair().await;
    let ours = settle(&stores[0]).await;
    run(&stores, |store, _| async move {
        for _ in 0..5 {
            let mut tx = store.begin(ours.tenant).await.unwrap();
            tx.audit_append(vec![draft(), draft()]).await.unwrap();
            tx.commit().await.unwrap();
        }
    })
    .await;
    let mut view = stores[1].read(ours.tenant).await.unwrap();
    let entries = view.audit_list(0, 1000).await.unwrap();
    assert_eq!(entries.len(), TASKS * 10);
    let head = view.audit_head().await.unwrap();
    assert_eq!(verify(ours.tenant, &entries), Ok(head));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_lease_has_one_holder() {
    let stores = pair().await;
    let ttl = Duration::from_mins(1);
    for (now, epoch) in [(0, 1), (100, 2), (200, 3)] {
        let given = run(&stores, |store, place| async move {
            let holder = format!("{now}-{place}");
            store
                .lease_acquire(CHAIN, address(7), &holder, second(now), ttl)
                .await
                .unwrap()
        })
        .await;
        let given: Vec<_> = given.into_iter().flatten().collect();
        assert_eq!(given.len(), 1, "{given:?}");
        assert_eq!(given[0].epoch, epoch);
    }
}

/// While a nonce is being bound under a lease, nobody takes it over; and who asks is not kept
/// waiting for the answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_lease_in_use_is_passed_by() {
    let stores = pair().await;
    let ours = settle(&stores[0]).await;
    let intent = transfer(&ours).build();
    let ttl = Duration::from_mins(1);
    let lease = stores[0]
        .lease_acquire(CHAIN, ours.address, "one", second(0), ttl)
        .await
        .unwrap()
        .unwrap();
    let mut tx = stores[0].begin(ours.tenant).await.unwrap();
    tx.intent_insert(&intent, &allowed()).await.unwrap();
    tx.nonce_take(&lease, 7, intent.id).await.unwrap();
    let late = second(1000);
    let take_over = || stores[1].lease_acquire(CHAIN, ours.address, "two", late, ttl);
    let asked = tokio::time::timeout(Duration::from_secs(5), take_over()).await;
    assert_eq!(asked.expect("nobody waits").unwrap(), None);
    tx.commit().await.unwrap();
    let taken = take_over().await.unwrap().unwrap();
    assert_eq!(taken.epoch, lease.epoch + 1);
    // The one who lost it binds nothing more.
    let mut tx = stores[0].begin(ours.tenant).await.unwrap();
    let refused = tx.nonce_take(&lease, 8, intent.id).await;
    assert!(matches!(refused, Err(StoreError::LeaseLost)), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_writes_between_our_read_and_our_write() {
    let stores = pair().await;
    let ours = settle(&stores[0]).await;
    run(&stores, |store, _| {
        let ours = ours.clone();
        async move {
            let mut tx = store.begin(ours.tenant).await.unwrap();
            let state = tx.wallet_fetch(ours.id).await.unwrap().unwrap().state;
            let count: u32 = match state {
                WalletState::Frozen { reason, .. } => reason.parse().unwrap(),
                _ => 0,
            };
            let frozen = WalletState::Frozen {
                reason: (count + 1).to_string(),
                at: second(1),
            };
            tx.wallet_update(ours.id, &frozen).await.unwrap();
            tx.commit().await.unwrap();
        }
    })
    .await;
    let mut view = stores[0].read(ours.tenant).await.unwrap();
    let state = view.wallet_fetch(ours.id).await.unwrap().unwrap().state;
    assert_eq!(
        state,
        WalletState::Frozen {
            reason: TASKS.to_string(),
            at: second(1)
        }
    );
}
