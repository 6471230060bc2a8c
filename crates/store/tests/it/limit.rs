//! The ends of what columns hold.

use vaultpilot_core::{Asset, BaseUnits, Duration, Timestamp, Wei};
use vaultpilot_policy::{CounterScope, UsageKey};
use vaultpilot_ports::store::{Lease, Store as _, StoreError};
use vaultpilot_testkit::fixture::{CHAIN, allowed, api_key, reservation_of, second, transfer};

use crate::ground::place;

#[tokio::test(flavor = "multi_thread")]
async fn the_beginning_and_the_end_of_time_are_instants() {
    let place = place().await;
    let ours = place.settle().await;
    let key = api_key("trader").build();
    let eternal = vaultpilot_ports::store::ApiKey {
        expires_at: Some(Timestamp::MAX),
        ..key.clone()
    };
    let mut tx = place.begin(&ours).await;
    tx.api_key_insert(&eternal).await.unwrap();
    let kept = tx.api_key_find(&key.hash).await.unwrap().unwrap();
    assert!(kept.expires_at.unwrap() > second(7_000_000_000));

    let intent = transfer(&ours).build();
    tx.intent_insert(&intent, &allowed()).await.unwrap();
    tx.reservation_insert(&reservation_of(&intent))
        .await
        .unwrap();
    tx.reservation_commit(intent.id, true, Wei(1), second(0))
        .await
        .unwrap();
    let window = Duration::from_secs(1);
    let key = UsageKey {
        scope: CounterScope::Wallet,
        asset: Asset::native(CHAIN),
        window,
    };
    let all = tx
        .usage(&key, ours.id, "trader", Timestamp::MIN)
        .await
        .unwrap();
    let none = tx
        .usage(&key, ours.id, "trader", Timestamp::MAX)
        .await
        .unwrap();
    assert_eq!((all.count, none.count), (1, 0));
    assert_eq!(all.oldest, Some(second(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn nanoseconds_are_kept() {
    let place = place().await;
    let ours = place.settle().await;
    let at = second(5) + Duration::from_nanos(1);
    let intent = transfer(&ours).created_at(at).build();
    let mut tx = place.begin(&ours).await;
    tx.intent_insert(&intent, &allowed()).await.unwrap();
    tx.reservation_insert(&reservation_of(&intent))
        .await
        .unwrap();
    tx.reservation_commit(intent.id, true, Wei(1), at)
        .await
        .unwrap();
    let window = Duration::from_secs(1);
    let key = UsageKey {
        scope: CounterScope::Agent,
        asset: Asset::native(CHAIN),
        window,
    };
    let agent = reservation_of(&intent).agent;
    assert_eq!(
        tx.usage(&key, ours.id, &agent, second(5))
            .await
            .unwrap()
            .oldest,
        Some(at)
    );
    assert_eq!(tx.usage(&key, ours.id, &agent, at).await.unwrap().count, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn sums_stop_at_the_largest_amount_instead_of_wrapping() {
    let place = place().await;
    let ours = place.settle().await;
    let mut tx = place.begin(&ours).await;
    for _ in 0..2 {
        let intent = transfer(&ours).of(BaseUnits::MAX).build();
        tx.intent_insert(&intent, &allowed()).await.unwrap();
        let mut reservation = reservation_of(&intent);
        reservation.gas = Wei(u128::MAX);
        tx.reservation_insert(&reservation).await.unwrap();
    }
    let asset = Asset::native(CHAIN);
    let key = UsageKey {
        scope: CounterScope::Wallet,
        asset,
        window: Duration::from_secs(1),
    };
    let used = tx.usage(&key, ours.id, "trader", second(-1)).await.unwrap();
    assert_eq!((used.spent, used.count), (BaseUnits::MAX, 2));
    assert_eq!(tx.reserved(ours.id, asset).await.unwrap(), BaseUnits::MAX);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_no_chain_has_is_refused() {
    let place = place().await;
    let ours = place.settle().await;
    let ttl = Duration::from_mins(1);
    let lease: Lease = place
        .store
        .lease_acquire(CHAIN, ours.address, "me", second(0), ttl)
        .await
        .unwrap()
        .unwrap();
    let intent = transfer(&ours).build();
    let mut tx = place.begin(&ours).await;
    tx.intent_insert(&intent, &allowed()).await.unwrap();
    let refused = tx.nonce_take(&lease, u64::MAX, intent.id).await;
    assert!(matches!(
        refused,
        Err(StoreError::Inconsistent {
            column: "nonce",
            ..
        })
    ));
}

/// Two nonces for one intent are two payments.
#[tokio::test(flavor = "multi_thread")]
async fn an_intent_owns_one_nonce() {
    let place = place().await;
    let ours = place.settle().await;
    let ttl = Duration::from_mins(1);
    let lease = place
        .store
        .lease_acquire(CHAIN, ours.address, "me", second(0), ttl)
        .await
        .unwrap()
        .unwrap();
    let intent = transfer(&ours).build();
    let mut tx = place.begin(&ours).await;
    tx.intent_insert(&intent, &allowed()).await.unwrap();
    tx.nonce_take(&lease, 4, intent.id).await.unwrap();
    tx.nonce_take(&lease, 4, intent.id).await.unwrap();
    let refused = tx.nonce_take(&lease, 5, intent.id).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict { what: "nonce" })),
        "{refused:?}"
    );
    assert_eq!(tx.nonce_next(CHAIN, ours.address).await.unwrap(), Some(5));
}

/// A reorganised block un-pays its recipient.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_left_its_block_was_never_made() {
    let place = place().await;
    let ours = place.settle().await;
    let mut intent = transfer(&ours).confirmed(3).build();
    let (asset, _, to) = intent.outflow().unwrap();
    let mut tx = place.begin(&ours).await;
    tx.intent_insert(&intent, &allowed()).await.unwrap();
    let known = tx.recipients(ours.id, asset, &[to]).await.unwrap();
    assert_eq!(known.len(), 1);
    intent.state = transfer(&ours).broadcast(3).build().state;
    let confirmed = vaultpilot_intent::StateName::Confirmed;
    tx.intent_update(confirmed, &intent, &allowed())
        .await
        .unwrap();
    let known = tx.recipients(ours.id, asset, &[to]).await.unwrap();
    assert!(known.is_empty());
}
