use std::collections::BTreeMap;
use std::sync::Arc;

use vaultpilot_core::{TenantId, Wallet};
use vaultpilot_ports::keys::WrappedKey;
use vaultpilot_ports::{Store, StoreError};

use super::ground::{begin, commit, is_conflict, new_tenant, new_wallet, settle, view};
use crate::fixture::{kek, next_kek, next_key, wallet, wallet_id, wrapped_key};

async fn put(store: &Arc<dyn Store>, tenant: TenantId, key: &WrappedKey) -> Wallet {
    let wallet = wallet().of(tenant).build();
    let mut tx = begin(store, tenant).await;
    tx.wallet_insert(&wallet, key).await.unwrap();
    commit(tx).await;
    wallet
}

async fn rewrap(
    store: &Arc<dyn Store>,
    wallet: &Wallet,
    key: &WrappedKey,
) -> Result<(), StoreError> {
    let mut tx = begin(store, wallet.tenant).await;
    tx.wallet_key_rewrap(wallet.id, key).await?;
    commit(tx).await;
    Ok(())
}

async fn fetch(store: &Arc<dyn Store>, wallet: &Wallet) -> WrappedKey {
    let key = view(store, wallet.tenant)
        .await
        .wallet_key_fetch(wallet.id)
        .await;
    key.unwrap().expect("a wallet has a key")
}

/// A tenant with key-encryption keys 1 and 2.
async fn with_keks(store: &Arc<dyn Store>) -> TenantId {
    let tenant = new_tenant(store).await.id;
    let mut tx = begin(store, tenant).await;
    tx.kek_insert(&kek(1)).await.unwrap();
    tx.kek_insert(&kek(2)).await.unwrap();
    commit(tx).await;
    tenant
}

/// Whatever is asked of the store, a key that is there stays as it is until its successor is there.
pub(super) async fn keys_are_never_overwritten(store: &Arc<dyn Store>) {
    let tenant = with_keks(store).await;
    let first = WrappedKey {
        kek: Some(1),
        ..wrapped_key(1)
    };
    let wallet = put(store, tenant, &first).await;
    let second = next_key(&first, Some(1));
    rewrap(store, &wallet, &second).await.unwrap();
    let third = next_key(&second, Some(2));

    let again = WrappedKey {
        envelope: third.envelope.clone(),
        ..second.clone()
    };
    let back = WrappedKey {
        generation: 1,
        ..third.clone()
    };
    let skipping = WrappedKey {
        generation: 4,
        ..third.clone()
    };
    let other_version = WrappedKey {
        version: 2,
        ..third.clone()
    };
    let first_of_another = WrappedKey {
        version: 2,
        ..back.clone()
    };
    let before = WrappedKey {
        version: 0,
        ..third.clone()
    };
    let under_nothing = next_key(&second, Some(3));
    for wrong in [
        &second,
        &again,
        &back,
        &skipping,
        &other_version,
        &first_of_another,
        &before,
        &under_nothing,
    ] {
        let refused = rewrap(store, &wallet, wrong).await;
        assert!(is_conflict(&refused), "{wrong:?}: {refused:?}");
        assert_eq!(fetch(store, &wallet).await, second, "{wrong:?}");
    }

    // Nor by making the wallet again, whatever of it is the same.
    let same = |change: fn(&mut Wallet)| {
        let mut other = wallet.clone();
        change(&mut other);
        other
    };
    for clone in [
        wallet.clone(),
        same(|it| it.id = wallet_id()),
        same(|it| it.label = crate::fixture::label("another")),
        same(|it| (it.id, it.label) = (wallet_id(), crate::fixture::label("another"))),
    ] {
        for key in [&first, &second, &third, &wrapped_key(2)] {
            let mut tx = begin(store, tenant).await;
            let refused = tx.wallet_insert(&clone, key).await;
            assert!(is_conflict(&refused), "{clone:?}: {refused:?}");
            drop(tx);
            assert_eq!(fetch(store, &wallet).await, second);
        }
    }

    // Nor does its key-encryption key go, or become another.
    let mut tx = begin(store, tenant).await;
    let opens = tx.kek_fetch(1).await.unwrap().expect("it is there");
    assert_eq!(tx.kek_purge().await.unwrap(), 0);
    assert!(is_conflict(&tx.kek_insert(&kek(1)).await));
    assert_eq!(tx.kek_fetch(1).await.unwrap().as_ref(), Some(&opens));
    commit(tx).await;
    let mut tx = begin(store, tenant).await;
    tx.kek_insert(&next_kek(&opens)).await.unwrap();
    assert_eq!(tx.wallet_key_purge().await.unwrap(), 1);
    assert_eq!(tx.kek_purge().await.unwrap(), 1);
    commit(tx).await;
    assert_eq!(fetch(store, &wallet).await, second);
    rewrap(store, &wallet, &third).await.unwrap();
    assert_eq!(fetch(store, &wallet).await, third);
}

pub(super) async fn purge_keeps_the_newest_of_each(store: &Arc<dyn Store>) {
    let (tenant, one) = settle(store).await;
    let two = new_wallet(store, tenant).await;
    let (elsewhere, theirs) = settle(store).await;
    for wallet in [&one, &theirs] {
        for _ in 0..2 {
            let newest = fetch(store, wallet).await;
            rewrap(store, wallet, &next_key(&newest, None))
                .await
                .unwrap();
        }
    }
    let (kept_one, kept_two) = (fetch(store, &one).await, fetch(store, &two).await);
    assert_eq!((kept_one.generation, kept_two.generation), (3, 1));
    for gone in [2, 0] {
        let mut tx = begin(store, tenant).await;
        assert_eq!(tx.wallet_key_purge().await.unwrap(), gone);
        commit(tx).await;
        assert_eq!(fetch(store, &one).await, kept_one);
        assert_eq!(fetch(store, &two).await, kept_two);
    }
    // What was counted goes on where it was; and other tenants' are theirs.
    rewrap(store, &one, &next_key(&kept_one, None))
        .await
        .unwrap();
    let mut tx = begin(store, elsewhere).await;
    assert_eq!(tx.wallet_key_purge().await.unwrap(), 2);
    drop(tx);
}

pub(super) async fn behind_are_those_under_an_older_kek(store: &Arc<dyn Store>) {
    let tenant = with_keks(store).await;
    let of = |provider: &str, kek| WrappedKey {
        provider: provider.to_owned(),
        kek,
        ..wrapped_key(1)
    };
    let from_before = of("local", None);
    let old = put(store, tenant, &from_before).await;
    let elsewhere = put(store, tenant, &of("aws-kms-key", None)).await;
    let behind = of("local", Some(1));
    let late = put(store, tenant, &behind).await;
    let moved = put(store, tenant, &behind).await;
    let now = next_key(&behind, Some(2));
    rewrap(store, &moved, &now).await.unwrap();
    let current = put(store, tenant, &of("vault", Some(2))).await;

    let mut seen = view(store, tenant).await;
    let mut list = async |kek, after: Option<&Wallet>, limit| {
        let after = after.map(|wallet| wallet.id);
        let found = seen.wallet_key_list_behind(kek, after, limit).await;
        found.unwrap()
    };
    let (a, b) = ((old.id, from_before), (late.id, behind.clone()));
    assert_eq!(list(1, None, 9).await, std::slice::from_ref(&a));
    assert_eq!(list(2, None, 9).await, [a.clone(), b.clone()]);
    assert_eq!(list(2, None, 1).await, std::slice::from_ref(&a));
    assert_eq!(list(2, Some(&old), 9).await, std::slice::from_ref(&b));
    assert_eq!(list(2, Some(&late), 9).await, []);
    let all = list(3, None, 9).await;
    let ids: Vec<_> = all.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, [old.id, late.id, moved.id, current.id]);
    assert!(all.contains(&(moved.id, now)), "the newest generation");
    assert!(!ids.contains(&elsewhere.id), "nothing here wraps it");

    let counted = seen.wallet_key_count().await.unwrap();
    let expected: BTreeMap<_, _> = [
        (("aws-kms-key".to_owned(), None), 1),
        (("local".to_owned(), None), 1),
        (("local".to_owned(), Some(1)), 1),
        (("local".to_owned(), Some(2)), 1),
        (("vault".to_owned(), Some(2)), 1),
    ]
    .into();
    assert_eq!(counted, expected);
    let empty = new_tenant(store).await.id;
    let counted = view(store, empty).await.wallet_key_count().await;
    assert_eq!(counted.unwrap(), BTreeMap::new());
}

/// A key nobody could open is not written, and its wallet neither.
pub(super) async fn names_a_kek_that_is_there(store: &Arc<dyn Store>) {
    let tenant = with_keks(store).await;
    let wallet = wallet().of(tenant).build();
    let under = |kek| WrappedKey {
        kek: Some(kek),
        ..wrapped_key(1)
    };
    let mut tx = begin(store, tenant).await;
    assert!(is_conflict(&tx.wallet_insert(&wallet, &under(3)).await));
    commit(tx).await;
    let mut seen = view(store, tenant).await;
    assert_eq!(seen.wallet_fetch(wallet.id).await.unwrap(), None);
    assert_eq!(seen.wallet_key_fetch(wallet.id).await.unwrap(), None);
    drop(seen);
    let mut tx = begin(store, tenant).await;
    let stranger = next_key(&wrapped_key(1), Some(1));
    let refused = tx.wallet_key_rewrap(wallet.id, &stranger).await;
    assert!(is_conflict(&refused), "no wallet, no key: {refused:?}");
    tx.wallet_insert(&wallet, &under(1)).await.unwrap();
    commit(tx).await;
    assert_eq!(fetch(store, &wallet).await.kek, Some(1));
}
