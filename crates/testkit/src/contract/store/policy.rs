use std::sync::Arc;

use vaultpilot_ports::Store;

use super::ground::{begin, commit, new_tenant, view};
use crate::fixture::{label, policy, second};

pub(super) async fn is_replaced_by_name_and_deleted_once(store: &Arc<dyn Store>) {
    let tenant = new_tenant(store).await.id;
    let guard = policy("guard");
    let other = policy("other");
    let mut tx = begin(store, tenant).await;
    tx.policy_put(&guard).await.unwrap();
    tx.policy_put(&other).await.unwrap();
    commit(tx).await;
    let by_name = |mut list: Vec<vaultpilot_ports::store::PolicyRecord>| {
        list.sort_by(|a, b| a.name.cmp(&b.name));
        list
    };
    let listed = by_name(view(store, tenant).await.policy_list().await.unwrap());
    assert_eq!(listed, [guard.clone(), other.clone()]);

    let mut tighter = policy("guard");
    tighter.id = guard.id;
    tighter.updated_at = second(60);
    tighter.document.spec.chains.clear();
    tighter.decimals.clear();
    let mut tx = begin(store, tenant).await;
    tx.policy_put(&tighter).await.unwrap();
    commit(tx).await;
    let listed = by_name(view(store, tenant).await.policy_list().await.unwrap());
    assert_eq!(listed, [tighter, other.clone()]);

    let mut tx = begin(store, tenant).await;
    assert!(tx.policy_delete(&label("guard")).await.unwrap());
    assert!(!tx.policy_delete(&label("guard")).await.unwrap());
    assert!(!tx.policy_delete(&label("nobody")).await.unwrap());
    commit(tx).await;
    assert_eq!(
        view(store, tenant).await.policy_list().await.unwrap(),
        [other]
    );
}
