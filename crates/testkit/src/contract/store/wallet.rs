use std::sync::Arc;

use vaultpilot_core::{Wallet, WalletState};
use vaultpilot_ports::store::Page;
use vaultpilot_ports::{Store, StoreError};

use super::ground::{begin, commit, is_conflict, new_tenant, settle, view};
use crate::fixture::{CHAIN, OTHER_CHAIN, address, label, second, wallet, wallet_id, wrapped_key};

pub(super) async fn is_kept_with_its_key(store: &Arc<dyn Store>) {
    let tenant = new_tenant(store).await;
    let treasury = wallet()
        .of(tenant.id)
        .labelled("treasury")
        .on(&[CHAIN, OTHER_CHAIN])
        .halted("a nonce we do not know")
        .created_at(second(77))
        .build();
    let key = wrapped_key(3);
    let mut tx = begin(store, tenant.id).await;
    tx.wallet_insert(&treasury, &key).await.unwrap();
    commit(tx).await;

    let mut view = view(store, tenant.id).await;
    assert_eq!(
        view.wallet_fetch(treasury.id).await.unwrap(),
        Some(treasury.clone())
    );
    assert_eq!(
        view.wallet_find(&treasury.label).await.unwrap(),
        Some(treasury.clone())
    );
    assert_eq!(view.wallet_key_fetch(treasury.id).await.unwrap(), Some(key));
    assert_eq!(view.wallet_fetch(wallet_id()).await.unwrap(), None);
    assert_eq!(view.wallet_find(&label("nobody")).await.unwrap(), None);
    assert_eq!(view.wallet_key_fetch(wallet_id()).await.unwrap(), None);
}

pub(super) async fn label_is_taken_once_and_the_key_survives(store: &Arc<dyn Store>) {
    let (tenant, first) = settle(store).await;
    let key = view(store, tenant)
        .await
        .wallet_key_fetch(first.id)
        .await
        .unwrap();
    let same_label = wallet().of(tenant).labelled(first.label.as_str()).build();
    let same_id = Wallet {
        label: label("another"),
        ..first.clone()
    };
    for taken in [&same_label, &same_id] {
        let mut tx = begin(store, tenant).await;
        let refused = tx.wallet_insert(taken, &wrapped_key(1)).await;
        assert!(is_conflict(&refused), "{refused:?}");
        drop(tx);
    }
    let mut seen = view(store, tenant).await;
    assert_eq!(
        seen.wallet_fetch(first.id).await.unwrap(),
        Some(first.clone())
    );
    assert_eq!(seen.wallet_key_fetch(first.id).await.unwrap(), key);
    assert_eq!(seen.wallet_fetch(same_label.id).await.unwrap(), None);
    drop(seen);

    // Labels are a tenant's own.
    let (elsewhere, _) = settle(store).await;
    let namesake = wallet()
        .of(elsewhere)
        .labelled(first.label.as_str())
        .build();
    let mut tx = begin(store, elsewhere).await;
    tx.wallet_insert(&namesake, &wrapped_key(1)).await.unwrap();
    commit(tx).await;
    assert_eq!(
        view(store, elsewhere)
            .await
            .wallet_find(&first.label)
            .await
            .unwrap(),
        Some(namesake)
    );
}

/// No key has two wallets, whoever's they are; and the application can tell it from a taken label.
pub(super) async fn address_is_taken_once_by_any_tenant(store: &Arc<dyn Store>) {
    let (tenant, first) = settle(store).await;
    let stranger = new_tenant(store).await.id;
    for of in [tenant, stranger] {
        let twin = wallet().of(of).at_address(first.address).build();
        let mut tx = begin(store, of).await;
        let refused = tx.wallet_insert(&twin, &wrapped_key(1)).await;
        let what = "wallet address";
        assert!(
            matches!(refused, Err(StoreError::Conflict { what: it }) if it == what),
            "{refused:?}"
        );
        drop(tx);
        let mut seen = view(store, of).await;
        assert_eq!(seen.wallet_fetch(twin.id).await.unwrap(), None);
        let found = seen.wallet_find_by_address(first.address).await.unwrap();
        assert_eq!(found, (of == tenant).then(|| first.clone()));
        let nobody = seen.wallet_find_by_address(address(1)).await.unwrap();
        assert_eq!(nobody, None);
    }
    let namesake = wallet().of(tenant).labelled(first.label.as_str()).build();
    let mut tx = begin(store, tenant).await;
    let refused = tx.wallet_insert(&namesake, &wrapped_key(1)).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict { what: "wallet" })),
        "{refused:?}"
    );
}

pub(super) async fn changes_state_and_gains_chains(store: &Arc<dyn Store>) {
    let (tenant, mut wallet) = settle(store).await;
    let reason = || "because".to_owned();
    for state in [
        WalletState::Frozen {
            reason: reason(),
            at: second(1),
        },
        WalletState::Halted {
            reason: reason(),
            at: second(2),
            chain: CHAIN,
        },
        WalletState::Resumed {
            at: second(3),
            chains: vec![CHAIN],
        },
        WalletState::Active,
    ] {
        wallet.state = state;
        let mut tx = begin(store, tenant).await;
        tx.wallet_update(wallet.id, &wallet.state).await.unwrap();
        commit(tx).await;
        let mut seen = view(store, tenant).await;
        assert_eq!(
            seen.wallet_fetch(wallet.id).await.unwrap(),
            Some(wallet.clone())
        );
    }
    for _again in 0..2 {
        let mut tx = begin(store, tenant).await;
        tx.wallet_add_chains(wallet.id, &[OTHER_CHAIN])
            .await
            .unwrap();
        commit(tx).await;
        let seen = view(store, tenant)
            .await
            .wallet_fetch(wallet.id)
            .await
            .unwrap()
            .unwrap();
        let mut chains = seen.chains.clone();
        chains.sort_unstable();
        assert_eq!(
            chains,
            [CHAIN, OTHER_CHAIN],
            "none is removed, none is there twice"
        );
    }
}

pub(super) async fn list_is_by_label_in_pages(store: &Arc<dyn Store>) {
    let tenant = new_tenant(store).await.id;
    assert_eq!(
        view(store, tenant)
            .await
            .wallet_list(Page::first(5))
            .await
            .unwrap(),
        []
    );
    let mut tx = begin(store, tenant).await;
    for name in ["echo", "alpha", "delta", "charlie", "bravo"] {
        let wallet = wallet().of(tenant).labelled(name).build();
        tx.wallet_insert(&wallet, &wrapped_key(1)).await.unwrap();
    }
    commit(tx).await;

    let mut seen = Vec::new();
    let mut page = Page::first(2);
    let mut view = view(store, tenant).await;
    // Bounded: a list that never ends is a failure, not a hang.
    for _page in 0..20 {
        let part = view.wallet_list(page).await.unwrap();
        assert!(part.len() <= 2);
        let Some(last) = part.last() else { break };
        page = Page {
            after: Some(last.label.to_string()),
            limit: 2,
        };
        seen.extend(part.into_iter().map(|wallet| wallet.label.to_string()));
    }
    assert_eq!(seen, ["alpha", "bravo", "charlie", "delta", "echo"]);
}
