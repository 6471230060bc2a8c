//! A unit of work that is left half-way leaves nothing, and holds nobody up.

use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use tokio::task::JoinSet;
use vaultpilot_ports::store::{Page, Store as _, StoreError};
use vaultpilot_store::{PostgresError, PostgresOptions, PostgresStore};
use vaultpilot_testkit::fixture::{allowed, policy, reservation_of, transfer, wallet, wrapped_key};

use super::furnish::draft;
use super::ground::{cause, database, has, settle};

/// Polls once and drops: the call is on its way to the database and its caller is gone.
fn abandoned<T>(future: impl Future<Output = T>) -> bool {
    let mut future = pin!(future);
    future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
        .is_pending()
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_rolls_back() {
    let store = database().await.store().await;
    let ours = settle(&store).await;
    let new = wallet().of(ours.tenant).build();
    let mut tx = store.begin(ours.tenant).await.unwrap();
    tx.wallet_insert(&new, &wrapped_key(1)).await.unwrap();
    drop(tx);
    assert!(!has(&store, &ours, new.id).await);
    store
        .begin(ours.tenant)
        .await
        .unwrap()
        .commit()
        .await
        .unwrap();
    assert!(
        !has(&store, &ours, new.id).await,
        "the next commit does not take it along"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_a_call_rolls_back() {
    let store = database().await.store().await;
    let ours = settle(&store).await;
    let new = wallet().of(ours.tenant).build();
    let mut tx = store.begin(ours.tenant).await.unwrap();
    assert!(abandoned(tx.wallet_insert(&new, &wrapped_key(1))));
    // Nobody knows whether it happened, so nothing may be built on it.
    assert!(matches!(
        cause(tx.wallet_fetch(new.id).await),
        PostgresError::Interrupted
    ));
    assert!(matches!(
        cause(tx.commit().await),
        PostgresError::Interrupted
    ));
    store
        .begin(ours.tenant)
        .await
        .unwrap()
        .commit()
        .await
        .unwrap();
    assert!(!has(&store, &ours, new.id).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tasks_that_are_aborted_leave_the_store_usable() {
    let store = database().await.store().await;
    let ours = settle(&store).await;
    let mut tasks = JoinSet::new();
    for _ in 0..64 {
        let (store, ours) = (store.clone(), ours.clone());
        tasks.spawn(async move {
            loop {
                let mut tx = store.begin(ours.tenant).await.unwrap();
                let new = wallet().of(ours.tenant).build();
                tx.wallet_insert(&new, &wrapped_key(1)).await.unwrap();
                tokio::task::yield_now().await;
            }
        });
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    tasks.shutdown().await;
    let mut tx = store.begin(ours.tenant).await.unwrap();
    let left = tx.wallet_list(Page::first(10)).await.unwrap();
    assert_eq!(
        left.as_slice(),
        std::slice::from_ref(&ours),
        "none of them committed"
    );
    tx.commit().await.unwrap();
    // Every connection is there again: as many views as it has.
    let mut views = Vec::new();
    for _ in 0..16 {
        views.push(store.read(ours.tenant).await.unwrap());
    }
}

/// A busy tenant keeps one connection, however many of its writers wait.
#[tokio::test(flavor = "multi_thread")]
async fn writers_that_wait_hold_no_connection() {
    let database = database().await;
    let options = PostgresOptions {
        connections: 2,
        ..database.options()
    };
    let store = PostgresStore::connect(&options).await.unwrap();
    let (ours, theirs) = (settle(&store).await, settle(&store).await);
    let held = store.begin(ours.tenant).await.unwrap();
    let mut waiting = JoinSet::new();
    for _ in 0..8 {
        let (store, tenant) = (store.clone(), ours.tenant);
        waiting.spawn(async move { store.begin(tenant).await.unwrap().commit().await.unwrap() });
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut tx = store.begin(theirs.tenant).await.unwrap();
    tx.policy_put(&policy("guard")).await.unwrap();
    tx.commit().await.unwrap();
    assert!(has(&store, &ours, ours.id).await, "and a view opens");
    drop(held);
    waiting.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_has_an_end() {
    let database = database().await;
    let patience = Duration::from_secs(2);
    let options = PostgresOptions {
        patience,
        ..database.options()
    };
    let store = PostgresStore::connect(&options).await.unwrap();
    let ours = settle(&store).await;
    let held = store.begin(ours.tenant).await.unwrap();
    // In this process, and in another.
    let refused = cause(store.begin(ours.tenant).await.map(drop));
    assert!(
        matches!(refused, PostgresError::Waited(waited) if waited == patience),
        "{refused:?}"
    );
    let other = PostgresStore::connect(&options).await.unwrap();
    let refused = cause(other.begin(ours.tenant).await.map(drop));
    let PostgresError::Query(refused) = refused else {
        panic!("{refused:?}")
    };
    assert!(refused.to_string().contains("lock timeout"), "{refused}");
    drop(held);
    other
        .begin(ours.tenant)
        .await
        .unwrap()
        .commit()
        .await
        .unwrap();
    store
        .begin(ours.tenant)
        .await
        .unwrap()
        .commit()
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_undoes_its_call_and_the_unit_goes_on() {
    let store = database().await.store().await;
    let ours = settle(&store).await;
    let (intent, other) = (transfer(&ours).build(), transfer(&ours).build());
    let mut tx = store.begin(ours.tenant).await.unwrap();
    tx.intent_insert(&intent, &allowed()).await.unwrap();
    let taken = transfer(&ours).requested_as(&intent.request_id).build();
    let refused = tx.intent_insert(&taken, &allowed()).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict { what: "intent" })),
        "{refused:?}"
    );
    tx.intent_insert(&other, &allowed()).await.unwrap();
    tx.commit().await.unwrap();
    let mut view = store.read(ours.tenant).await.unwrap();
    assert!(view.intent_fetch(intent.id).await.unwrap().is_some());
    assert!(view.intent_fetch(other.id).await.unwrap().is_some());
    assert!(view.intent_fetch(taken.id).await.unwrap().is_none());
}

/// The database answers the COMMIT of a transaction that failed with a rollback and no error.
#[tokio::test(flavor = "multi_thread")]
async fn a_unit_that_failed_does_not_seem_to_commit() {
    let store = database().await.store().await;
    let ours = settle(&store).await;
    let twice = draft();
    let mut tx = store.begin(ours.tenant).await.unwrap();
    tx.policy_put(&policy("guard")).await.unwrap();
    let refused = tx.audit_append(vec![twice.clone(), twice]).await;
    assert!(
        matches!(
            refused,
            Err(StoreError::Conflict {
                what: "audit entry"
            })
        ),
        "{refused:?}"
    );
    assert!(tx.commit().await.is_err());
    let mut view = store.read(ours.tenant).await.unwrap();
    assert!(view.policy_list().await.unwrap().is_empty());
    assert!(view.audit_list(0, 9).await.unwrap().is_empty());
}

/// A reservation without its intent: refused at the latest by `commit`.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_without_its_parent_does_not_commit() {
    let store = database().await.store().await;
    let ours = settle(&store).await;
    let never_stored = transfer(&ours).build();
    let mut tx = store.begin(ours.tenant).await.unwrap();
    tx.reservation_insert(&reservation_of(&never_stored))
        .await
        .unwrap();
    let refused = tx.commit().await;
    assert!(
        matches!(refused, Err(StoreError::Conflict { .. })),
        "{refused:?}"
    );
    store
        .begin(ours.tenant)
        .await
        .unwrap()
        .commit()
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_outlives_its_store() {
    let database = database().await;
    let store = database.store().await;
    let ours = settle(&store).await;
    let new = wallet().of(ours.tenant).build();
    let mut tx = store.begin(ours.tenant).await.unwrap();
    drop(store);
    tx.wallet_insert(&new, &wrapped_key(1)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(has(&database.store().await, &ours, new.id).await);
}
