use std::sync::Arc;

use vaultpilot_core::{Role, Scope};
use vaultpilot_ports::Store;
use vaultpilot_ports::store::{ApiKey, SecretHash};

use super::ground::{begin, commit, new_tenant, view};
use crate::fixture::{api_key, hash, key_id, second};

pub(super) async fn is_found_by_hash_and_revoked_once(store: &Arc<dyn Store>) {
    let tenant = new_tenant(store).await.id;
    let owner = api_key("anna")
        .of_role(Role::Owner)
        .expiring_at(second(99))
        .build();
    let agent = api_key("trader")
        .with_scopes(&[Scope::WalletRead, Scope::TxExecute])
        .made_by(owner.id)
        .build();
    let mut tx = begin(store, tenant).await;
    tx.api_key_insert(&agent).await.unwrap();
    tx.api_key_insert(&owner).await.unwrap();
    commit(tx).await;

    let mut seen = view(store, tenant).await;
    assert_eq!(
        seen.api_key_find(&agent.hash).await.unwrap(),
        Some(agent.clone())
    );
    assert_eq!(
        seen.api_key_find(&owner.hash).await.unwrap(),
        Some(owner.clone())
    );
    assert_eq!(
        seen.api_key_find(&SecretHash(hash().0)).await.unwrap(),
        None
    );
    let mut listed = seen.api_key_list().await.unwrap();
    listed.sort_by_key(|key| key.id);
    assert_eq!(listed, [owner.clone(), agent.clone()]);
    drop(seen);

    let mut tx = begin(store, tenant).await;
    assert!(tx.api_key_revoke(agent.id, second(50)).await.unwrap());
    assert!(
        !tx.api_key_revoke(key_id(), second(50)).await.unwrap(),
        "nobody has this id"
    );
    commit(tx).await;
    // It is still found, so that the refusal can be told from a typing error in the audit.
    let revoked = ApiKey {
        revoked_at: Some(second(50)),
        ..agent.clone()
    };
    let found = view(store, tenant)
        .await
        .api_key_find(&agent.hash)
        .await
        .unwrap();
    assert_eq!(found, Some(revoked.clone()));

    let mut tx = begin(store, tenant).await;
    tx.api_key_revoke(agent.id, second(70)).await.unwrap();
    commit(tx).await;
    let mut seen = view(store, tenant).await;
    assert_eq!(
        seen.api_key_find(&agent.hash).await.unwrap(),
        Some(revoked),
        "the first time stays"
    );
    assert_eq!(seen.api_key_find(&owner.hash).await.unwrap(), Some(owner));
}
