use std::sync::Arc;

use vaultpilot_core::{Address, Asset, Timestamp, Wallet};
use vaultpilot_intent::StateName;
use vaultpilot_ports::Store;

use super::ground::{begin, commit, new_wallet, put, settle, view};
use crate::fixture::{CHAIN, OTHER_CHAIN, address, allowed, second, transfer};

const NATIVE: Asset = Asset::native(CHAIN);

async fn first_paid(store: &Arc<dyn Store>, wallet: &Wallet, to: Address) -> Option<Timestamp> {
    first_paid_in(store, wallet, NATIVE, to).await
}

async fn first_paid_in(
    store: &Arc<dyn Store>,
    wallet: &Wallet,
    asset: Asset,
    to: Address,
) -> Option<Timestamp> {
    let mut view = view(store, wallet.tenant).await;
    let paid = view
        .recipients(wallet.id, asset, &[to, address(0xdead)])
        .await
        .unwrap();
    assert!(
        paid.keys().all(|known| *known == to),
        "only who was asked for and paid: {paid:?}"
    );
    paid.get(&to).map(|facts| facts.first_paid_at)
}

pub(super) async fn is_known_once_paid(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let other = new_wallet(store, tenant).await;
    let to = address(0xaa);
    let pay = |at: i64| transfer(&wallet).to(to).created_at(second(at));
    for not_yet in [
        pay(1),
        pay(2).denied(),
        pay(3).broadcast(3),
        pay(4).ambiguous(4),
        pay(5).reverted(5),
    ] {
        put(store, &not_yet.build()).await;
        assert_eq!(first_paid(store, &wallet, to).await, None);
    }
    // A token's contract is not who was paid.
    let token = address(0x70);
    put(
        store,
        &pay(6).in_token(token).to(address(0xbb)).final_(6).build(),
    )
    .await;
    let in_token = Asset::erc20(CHAIN, token);
    assert_eq!(first_paid_in(store, &wallet, in_token, token).await, None);
    assert_eq!(
        first_paid_in(store, &wallet, in_token, address(0xbb)).await,
        Some(second(6))
    );

    // It becomes known when the payment that was on its way arrives.
    let mut pending = pay(7).broadcast(7).build();
    put(store, &pending).await;
    pending.state = pay(7).confirmed(7).build().state;
    let mut tx = begin(store, tenant).await;
    tx.intent_update(StateName::Broadcast, &pending, &allowed())
        .await
        .unwrap();
    commit(tx).await;
    assert_eq!(first_paid(store, &wallet, to).await, Some(second(7)));
    put(store, &pay(9).final_(9).build()).await;
    assert_eq!(
        first_paid(store, &wallet, to).await,
        Some(second(7)),
        "the first one stays"
    );
    assert_eq!(
        first_paid(store, &other, to).await,
        None,
        "who one wallet paid, another has not"
    );
    assert!(
        view(store, tenant)
            .await
            .recipients(wallet.id, NATIVE, &[])
            .await
            .unwrap()
            .is_empty()
    );
}

/// A token that is worth nothing, or another chain, makes nobody known for coins.
pub(super) async fn is_known_in_what_was_paid(store: &Arc<dyn Store>) {
    let (_, wallet) = settle(store).await;
    let (to, token, other_token) = (address(0xaa), address(0x70), address(0x71));
    let pay = |at: i64| transfer(&wallet).to(to).created_at(second(at)).final_(1);
    let assets = [
        Asset::erc20(CHAIN, token),
        Asset::native(OTHER_CHAIN),
        NATIVE,
        Asset::erc20(OTHER_CHAIN, token),
        Asset::erc20(CHAIN, other_token),
    ];
    let known = async || {
        let mut known = Vec::new();
        for asset in assets {
            known.push(first_paid_in(store, &wallet, asset, to).await);
        }
        known
    };
    let at = |seconds| Some(second(seconds));
    put(store, &pay(1).in_token(token).build()).await;
    assert_eq!(known().await, [at(1), None, None, None, None]);
    put(store, &pay(2).on(OTHER_CHAIN).build()).await;
    assert_eq!(known().await, [at(1), at(2), None, None, None]);
    put(store, &pay(3).build()).await;
    assert_eq!(known().await, [at(1), at(2), at(3), None, None]);
}
