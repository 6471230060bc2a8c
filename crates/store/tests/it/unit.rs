//! A unit of work that is left half-way leaves nothing, and holds nobody up.

use std::pin::pin;
use std::task::{Context, Waker};

use diesel::connection::SimpleConnection as _;
use tokio::task::JoinSet;
use vaultpilot_core::{Duration, WalletState};
use vaultpilot_ports::store::{Store as _, StoreError};
use vaultpilot_store::{SqliteError, SqliteOptions, SqliteStore};
use vaultpilot_testkit::fixture::{allowed, reservation_of, second, transfer, wallet, wrapped_key};

use crate::ground::{Place, cause, database, place};

/// Polls once and drops: the call is sent to the database and its caller is gone, unless the
/// database was quick enough to answer.
fn abandoned<T>(future: impl Future<Output = T>) -> bool {
    let mut future = pin!(future);
    future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
        .is_pending()
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_rolls_back() {
    let place = place().await;
    let ours = place.settle().await;
    let new = wallet().of(ours.tenant).build();
    let mut tx = place.begin(&ours).await;
    tx.wallet_insert(&new, &wrapped_key(1)).await.unwrap();
    drop(tx);
    assert!(!place.has(&ours, new.id).await);
    place.begin(&ours).await.commit().await.unwrap();
    assert!(
        !place.has(&ours, new.id).await,
        "the next commit does not take it along"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_a_call_rolls_back() {
    let place = place().await;
    let ours = place.settle().await;
    let (mut tx, new) = loop {
        let new = wallet().of(ours.tenant).build();
        let mut tx = place.begin(&ours).await;
        if abandoned(tx.wallet_insert(&new, &wrapped_key(1))) {
            break (tx, new);
        }
    };
    // Nobody knows whether it happened, so nothing may be built on it.
    assert!(matches!(
        cause(tx.wallet_fetch(new.id).await),
        SqliteError::Interrupted
    ));
    assert!(matches!(cause(tx.commit().await), SqliteError::Interrupted));
    place.begin(&ours).await.commit().await.unwrap();
    assert!(!place.has(&ours, new.id).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_the_begin_frees_the_writer() {
    let place = place().await;
    let ours = place.settle().await;
    // Somebody else writes, so that none of them is answered.
    let mut intruder = place.intruder();
    intruder.batch_execute("BEGIN IMMEDIATE").unwrap();
    for _ in 0..100 {
        assert!(abandoned(place.store.begin(ours.tenant)));
    }
    intruder.batch_execute("ROLLBACK").unwrap();
    place.begin(&ours).await.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_the_commit_commits_or_not_but_ends() {
    let place = place().await;
    let ours = place.settle().await;
    for _ in 0..20 {
        let new = wallet().of(ours.tenant).build();
        let mut tx = place.begin(&ours).await;
        tx.wallet_insert(&new, &wrapped_key(1)).await.unwrap();
        abandoned(tx.commit());
        // It was sent, so it happens; what matters is that it is over when the next one begins.
        let mut next = place.begin(&ours).await;
        assert!(next.wallet_fetch(new.id).await.unwrap().is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn aborted_tasks_leave_the_writer_usable() {
    let place = place().await;
    let ours = place.settle().await;
    let mut tasks = JoinSet::new();
    for _ in 0..64 {
        let (store, ours) = (place.store.clone(), ours.clone());
        tasks.spawn(async move {
            loop {
                let mut tx = store.begin(ours.tenant).await.unwrap();
                tx.wallet_insert(&wallet().of(ours.tenant).build(), &wrapped_key(1))
                    .await
                    .unwrap();
                tokio::task::yield_now().await;
            }
        });
    }
    tokio::task::yield_now().await;
    tasks.shutdown().await;
    let mut tx = place.begin(&ours).await;
    let left = tx
        .wallet_list(vaultpilot_ports::store::Page::first(10))
        .await
        .unwrap();
    assert_eq!(left, [ours], "none of them committed");
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_undoes_its_call_and_the_unit_goes_on() {
    let place = place().await;
    let ours = place.settle().await;
    let (intent, other) = (transfer(&ours).build(), transfer(&ours).build());
    let mut tx = place.begin(&ours).await;
    tx.intent_insert(&intent, &allowed()).await.unwrap();
    let taken = transfer(&ours).requested_as(&intent.request_id).build();
    let refused = tx.intent_insert(&taken, &allowed()).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict { what: "intent" })),
        "{refused:?}"
    );
    tx.intent_insert(&other, &allowed()).await.unwrap();
    tx.commit().await.unwrap();
    let mut view = place.store.read(ours.tenant).await.unwrap();
    assert!(view.intent_fetch(intent.id).await.unwrap().is_some());
    assert!(view.intent_fetch(other.id).await.unwrap().is_some());
    assert!(view.intent_fetch(taken.id).await.unwrap().is_none());
}

/// A key without its wallet, a reservation without its intent: refused at the latest by `commit`.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_without_its_parent_does_not_commit() {
    let place = place().await;
    let ours = place.settle().await;
    let never_stored = transfer(&ours).build();
    let mut tx = place.begin(&ours).await;
    tx.reservation_insert(&reservation_of(&never_stored))
        .await
        .unwrap();
    let refused = tx.commit().await;
    assert!(
        matches!(refused, Err(StoreError::Conflict { .. })),
        "{refused:?}"
    );
    place.begin(&ours).await.commit().await.unwrap();
    assert_eq!(place.store.check().await.unwrap(), Vec::<String>::new());
}

async fn toggle(place: &Place, id: vaultpilot_core::WalletId, tenant: vaultpilot_core::TenantId) {
    let mut tx = place.store.begin(tenant).await.unwrap();
    let wallet = tx.wallet_fetch(id).await.unwrap().unwrap();
    let count: u32 = match &wallet.state {
        WalletState::Frozen { reason, .. } => reason.parse().unwrap(),
        _ => 0,
    };
    tokio::task::yield_now().await;
    let state = WalletState::Frozen {
        reason: (count + 1).to_string(),
        at: second(1),
    };
    tx.wallet_update(id, &state).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_concurrent_read_modify_writes_all_succeed() {
    let place = std::sync::Arc::new(place().await);
    let ours = place.settle().await;
    let mut tasks = JoinSet::new();
    for _ in 0..64 {
        let (place, id, tenant) = (place.clone(), ours.id, ours.tenant);
        tasks.spawn(async move { toggle(&place, id, tenant).await });
    }
    tasks.join_all().await;
    let mut view = place.store.read(ours.tenant).await.unwrap();
    let state = view.wallet_fetch(ours.id).await.unwrap().unwrap().state;
    assert_eq!(
        state,
        WalletState::Frozen {
            reason: "64".to_owned(),
            at: second(1)
        }
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_has_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let patience = Duration::from_millis(50);
    let options = SqliteOptions {
        patience,
        ..SqliteOptions::default()
    };
    let store = SqliteStore::open(database(&folder), &options)
        .await
        .unwrap();
    store.migrate().await.unwrap();
    let place = Place { store, folder };
    let ours = place.settle().await;
    let held = place.begin(&ours).await;
    let refused = place.store.begin(ours.tenant).await.map(drop);
    assert!(matches!(cause(refused), SqliteError::Waited(waited) if waited == patience));
    drop(held);
    place.begin(&ours).await.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_outlives_its_store() {
    let place = place().await;
    let ours = place.settle().await;
    let new = wallet().of(ours.tenant).build();
    let mut tx = place.begin(&ours).await;
    let Place { store, folder } = place;
    drop(store);
    tx.wallet_insert(&new, &wrapped_key(1)).await.unwrap();
    tx.commit().await.unwrap();
    let place = Place {
        store: crate::ground::open(&folder).await.unwrap(),
        folder,
    };
    assert!(place.has(&ours, new.id).await);
}

/// Another program on the file waits for a unit of work that has so far only read: what it read
/// is still true when it writes.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_between_our_read_and_our_write() {
    let place = place().await;
    let ours = place.settle().await;
    let mut intruder = place.intruder();
    intruder.batch_execute("PRAGMA busy_timeout = 0").unwrap();
    let mut tx = place.begin(&ours).await;
    let wallet = tx.wallet_fetch(ours.id).await.unwrap().unwrap();
    let write = "UPDATE wallets SET chains = '[]'";
    let refused = intruder.batch_execute(write).unwrap_err();
    assert_eq!(refused.to_string(), "database is locked");
    tx.wallet_update(ours.id, &wallet.state).await.unwrap();
    tx.commit().await.unwrap();
    intruder.batch_execute(write).unwrap();
}
