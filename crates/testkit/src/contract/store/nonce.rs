use std::sync::Arc;

use vaultpilot_core::{Duration, Wallet};
use vaultpilot_intent::Intent;
use vaultpilot_ports::StoreError;
use vaultpilot_ports::store::{Lease, Store};

use super::ground::{begin, is_conflict, is_lease_lost, put, settle, view};
use crate::fixture::{CHAIN, OTHER_CHAIN, address, second, transfer};

const TTL: Duration = Duration::from_secs(30);

async fn acquire(store: &Arc<dyn Store>, wallet: &Wallet, holder: &str, now: i64) -> Option<Lease> {
    store
        .lease_acquire(CHAIN, wallet.address, holder, second(now), TTL)
        .await
        .unwrap()
}

async fn take(
    store: &Arc<dyn Store>,
    lease: &Lease,
    nonce: u64,
    intent: &Intent,
) -> Result<(), StoreError> {
    let mut tx = begin(store, intent.tenant).await;
    tx.nonce_take(lease, nonce, intent.id).await?;
    tx.commit().await
}

async fn next(store: &Arc<dyn Store>, wallet: &Wallet) -> Option<u64> {
    view(store, wallet.tenant)
        .await
        .nonce_next(CHAIN, wallet.address)
        .await
        .unwrap()
}

pub(super) async fn lease_is_exclusive_until_it_ends(store: &Arc<dyn Store>) {
    let (_, wallet) = settle(store).await;
    let first = acquire(store, &wallet, "one", 0)
        .await
        .expect("nobody holds it");
    assert_eq!(first.holder, "one");
    assert_eq!((first.chain, first.address), (CHAIN, wallet.address));
    assert_eq!(first.expires_at, second(30));
    assert_eq!(acquire(store, &wallet, "two", 29).await, None);

    let renewed = acquire(store, &wallet, "one", 20).await.expect("its own");
    assert_eq!(renewed.epoch, first.epoch, "renewing fences nobody");
    assert_eq!(renewed.expires_at, second(50));
    assert_eq!(
        acquire(store, &wallet, "two", 49).await,
        None,
        "the renewal counts"
    );

    let taken = acquire(store, &wallet, "two", 51)
        .await
        .expect("it has ended");
    assert!(taken.epoch > first.epoch, "a take-over raises the epoch");
    assert_eq!(
        (taken.holder.as_str(), taken.expires_at),
        ("two", second(81))
    );
    assert_eq!(acquire(store, &wallet, "one", 52).await, None);

    // Leases are for a chain and an address.
    let other = store
        .lease_acquire(OTHER_CHAIN, wallet.address, "one", second(52), TTL)
        .await;
    assert!(other.unwrap().is_some());
    let other = store
        .lease_acquire(CHAIN, address(5), "one", second(52), TTL)
        .await;
    assert!(other.unwrap().is_some());
}

pub(super) async fn belongs_to_one_intent_for_ever(store: &Arc<dyn Store>) {
    let (_, wallet) = settle(store).await;
    let [one, two] = [(); 2].map(|()| transfer(&wallet).build());
    put(store, &one).await;
    put(store, &two).await;
    let lease = acquire(store, &wallet, "one", 0).await.unwrap();
    assert_eq!(next(store, &wallet).await, None);

    take(store, &lease, 4, &one).await.unwrap();
    assert_eq!(next(store, &wallet).await, Some(5));
    assert!(is_conflict(&take(store, &lease, 4, &two).await));
    assert_eq!(next(store, &wallet).await, Some(5));
    take(store, &lease, 5, &two).await.unwrap();
    assert_eq!(next(store, &wallet).await, Some(6));
    // Another chain counts on its own.
    let mut view = view(store, wallet.tenant).await;
    assert_eq!(
        view.nonce_next(OTHER_CHAIN, wallet.address).await.unwrap(),
        None
    );
    drop(view);

    // Whoever holds the lease later is bound by what was taken before.
    let later = acquire(store, &wallet, "two", 100).await.unwrap();
    let third = transfer(&wallet).build();
    put(store, &third).await;
    for nonce in [4, 5] {
        assert!(is_conflict(&take(store, &later, nonce, &third).await));
    }
    take(store, &later, 6, &third).await.unwrap();
}

pub(super) async fn old_epoch_takes_nothing(store: &Arc<dyn Store>) {
    let (_, wallet) = settle(store).await;
    let intent = transfer(&wallet).build();
    put(store, &intent).await;
    let made_up = Lease {
        chain: CHAIN,
        address: wallet.address,
        holder: "one".to_owned(),
        epoch: 1,
        expires_at: second(30),
    };
    assert!(
        is_lease_lost(&take(store, &made_up, 0, &intent).await),
        "nobody gave this lease"
    );

    let old = acquire(store, &wallet, "one", 0).await.unwrap();
    let new = acquire(store, &wallet, "two", 31).await.unwrap();
    assert!(is_lease_lost(&take(store, &old, 0, &intent).await));
    assert_eq!(
        next(store, &wallet).await,
        None,
        "nothing of it has happened"
    );
    take(store, &new, 0, &intent).await.unwrap();

    // Also when the first holder is back: its old lease stays old.
    let back = acquire(store, &wallet, "one", 62).await.unwrap();
    assert!(back.epoch > new.epoch);
    let second_intent = transfer(&wallet).build();
    put(store, &second_intent).await;
    for stale in [&old, &new] {
        assert!(is_lease_lost(&take(store, stale, 1, &second_intent).await));
    }
    take(store, &back, 1, &second_intent).await.unwrap();
}
