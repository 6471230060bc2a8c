use std::sync::Arc;

use vaultpilot_core::tenant::TenantState;
use vaultpilot_core::{Managed, ResourceKind, WalletState};
use vaultpilot_ports::{Store, StoreError};

use super::ground::{begin, commit, new_tenant, view};
use crate::fixture::{api_key, label, policy, second, tenant, tenant_id, wallet, wrapped_key};

pub(super) async fn is_created_once_and_found(store: &Arc<dyn Store>) {
    let acme = tenant().named("acme").build();
    let taken = tenant().named("acme").frozen("never made").build();
    assert!(store.tenant_find(&acme.name).await.unwrap().is_none());
    assert!(store.tenant_create(&acme).await.unwrap());
    assert!(!store.tenant_create(&taken).await.unwrap());

    let other = new_tenant(store).await;
    assert_eq!(
        store.tenant_find(&acme.name).await.unwrap(),
        Some(acme.clone())
    );
    assert_eq!(store.tenant_find(&label("nobody")).await.unwrap(), None);
    let mut listed = store.tenant_list().await.unwrap();
    listed.sort_by_key(|tenant| tenant.id);
    assert_eq!(listed, [acme.clone(), other]);

    assert_eq!(
        view(store, acme.id).await.tenant_fetch().await.unwrap(),
        Some(acme)
    );
    assert_eq!(
        view(store, taken.id).await.tenant_fetch().await.unwrap(),
        None
    );
    assert_eq!(
        view(store, tenant_id()).await.tenant_fetch().await.unwrap(),
        None
    );
}

pub(super) async fn namespace_is_taken_once(store: &Arc<dyn Store>) {
    let acme = tenant().in_namespace("vp-acme").build();
    let thief = tenant().in_namespace("vp-acme").build();
    assert!(store.tenant_create(&acme).await.unwrap());
    assert!(!store.tenant_create(&thief).await.unwrap());
    let found = store.tenant_find_by_namespace("vp-acme").await.unwrap();
    assert_eq!(found, Some(acme.clone()));
    assert_eq!(store.tenant_find_by_namespace("vp").await.unwrap(), None);

    let mut other = new_tenant(store).await;
    other.namespace.clone_from(&acme.namespace);
    let mut tx = begin(store, other.id).await;
    let taken = tx.tenant_update(&other).await;
    assert!(
        matches!(taken, Err(StoreError::Conflict { .. })),
        "{taken:?}"
    );
    drop(tx);
    let found = store.tenant_find_by_namespace("vp-acme").await.unwrap();
    assert_eq!(found, Some(acme));
}

pub(super) async fn revision_grows_with_what_others_remember(store: &Arc<dyn Store>) {
    let mut acme = new_tenant(store).await;
    let other = new_tenant(store).await;
    assert_eq!(view(store, tenant_id()).await.revision().await.unwrap(), 0);
    let ours = wallet().of(acme.id).build();
    let key = api_key("agent").build();
    let mut tx = begin(store, acme.id).await;
    tx.wallet_insert(&ours, &wrapped_key(1)).await.unwrap();
    tx.api_key_insert(&key).await.unwrap();
    commit(tx).await;
    let before = view(store, other.id).await.revision().await.unwrap();
    let mut last = view(store, acme.id).await.revision().await.unwrap();
    let frozen = WalletState::Frozen {
        reason: "a stolen laptop".to_owned(),
        at: second(9),
    };
    acme.quota.max_wallets = Some(3);
    for change in 0..6 {
        let mut tx = begin(store, acme.id).await;
        match change {
            0 => tx.policy_put(&policy("limits")).await.unwrap(),
            1 => assert!(tx.policy_delete(&label("limits")).await.unwrap()),
            2 => tx.wallet_update(ours.id, &frozen).await.unwrap(),
            3 => tx.tenant_update(&acme).await.unwrap(),
            4 => assert!(tx.api_key_revoke(key.id, second(9)).await.unwrap()),
            _ => tx
                .wallet_manage(ours.id, Some(&managed("w")))
                .await
                .unwrap(),
        }
        let inside = tx.revision().await.unwrap();
        assert!(inside > last, "change {change} is not seen inside");
        commit(tx).await;
        let now = view(store, acme.id).await.revision().await.unwrap();
        assert_eq!(now, inside, "change {change}");
        last = now;
    }
    assert_eq!(
        view(store, other.id).await.revision().await.unwrap(),
        before
    );
    let kept = view(store, acme.id)
        .await
        .wallet_fetch(ours.id)
        .await
        .unwrap();
    assert_eq!(kept.and_then(|wallet| wallet.managed), Some(managed("w")));
}

fn managed(name: &str) -> Managed {
    Managed {
        kind: ResourceKind::Wallet,
        namespace: Some("vp-acme".to_owned()),
        name: name.to_owned(),
        uid: "1".to_owned(),
    }
}

pub(super) async fn changes_all_but_its_name(store: &Arc<dyn Store>) {
    let mut acme = new_tenant(store).await;
    let other = new_tenant(store).await;
    let frozen = TenantState::Frozen {
        reason: "a stolen laptop".to_owned(),
        at: second(9),
    };
    let archived = TenantState::Archived { at: second(10) };
    for (state, namespace) in [
        (frozen, Some("vp-acme".to_owned())),
        (archived, None),
        (TenantState::Active, Some("vp-acme".to_owned())),
    ] {
        acme.state = state;
        acme.managed = namespace.as_deref().map(managed);
        acme.quota.max_wallets = namespace.is_some().then_some(7);
        acme.namespace = namespace;
        let mut tx = begin(store, acme.id).await;
        tx.tenant_update(&acme).await.unwrap();
        commit(tx).await;
        assert_eq!(
            store.tenant_find(&acme.name).await.unwrap(),
            Some(acme.clone())
        );
    }
    assert_eq!(store.tenant_find(&other.name).await.unwrap(), Some(other));
}
