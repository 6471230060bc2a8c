use std::sync::Arc;

use vaultpilot_core::tenant::TenantState;
use vaultpilot_ports::Store;

use super::ground::{begin, commit, new_tenant, view};
use crate::fixture::{label, second, tenant, tenant_id};

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

pub(super) async fn changes_its_state_only(store: &Arc<dyn Store>) {
    let mut acme = new_tenant(store).await;
    let other = new_tenant(store).await;
    let frozen = TenantState::Frozen {
        reason: "a stolen laptop".to_owned(),
        at: second(9),
    };
    for state in [frozen, TenantState::Active] {
        acme.state = state;
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
