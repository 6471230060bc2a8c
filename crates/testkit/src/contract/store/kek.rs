use std::sync::Arc;

use vaultpilot_core::KeyManagement;
use vaultpilot_ports::Store;
use vaultpilot_ports::keys::{Export, TenantKek, WrappedKey};
use vaultpilot_ports::store::{KeyTaskState, KeyWork};

use super::ground::{begin, commit, is_conflict, new_tenant, view};
use crate::fixture::{
    hash, kek, key_import, key_task, moved_task, next_kek, next_key, second, wallet, wallet_id,
    wrapped_key,
};

pub(super) async fn follow_one_another(store: &Arc<dyn Store>) {
    let tenant = new_tenant(store).await.id;
    let mut seen = view(store, tenant).await;
    assert_eq!(seen.kek_current().await.unwrap(), None);
    assert_eq!(seen.kek_fetch(1).await.unwrap(), None);
    assert_eq!(seen.kek_list().await.unwrap(), []);
    drop(seen);

    let one = TenantKek {
        management: KeyManagement::Vault {
            mount: "transit".to_owned(),
            key: "vaultpilot".to_owned(),
            role: "execute".to_owned(),
        },
        created_at: second(77),
        ..kek(1)
    };
    let again = next_kek(&one);
    let two = kek(2);
    let third_time = next_kek(&again);
    let forged = TenantKek {
        seals: hash().0,
        ..again.clone()
    };
    let other_import = TenantKek {
        imports: hash().0,
        ..again.clone()
    };
    let of = |version, generation| TenantKek {
        version,
        generation,
        ..kek(version)
    };
    // What is added, and what is refused at that point.
    let steps = [
        (&one, vec![kek(2), of(1, 2), of(0, 1)]),
        (
            &again,
            vec![one.clone(), kek(1), kek(3), of(2, 2), forged, other_import],
        ),
        (&two, vec![one.clone(), again.clone(), of(1, 4)]),
        (&third_time, vec![two.clone(), of(2, 3), kek(4), of(0, 1)]),
    ];
    for (added, wrong) in steps {
        for wrong in wrong {
            let mut tx = begin(store, tenant).await;
            let before = tx.kek_list().await.unwrap();
            let refused = tx.kek_insert(&wrong).await;
            assert!(is_conflict(&refused), "{wrong:?}: {refused:?}");
            drop(tx);
            let after = view(store, tenant).await.kek_list().await.unwrap();
            assert_eq!(after, before);
        }
        let mut tx = begin(store, tenant).await;
        tx.kek_insert(added).await.unwrap();
        commit(tx).await;
        let mut seen = view(store, tenant).await;
        let stored = seen.kek_fetch(added.version).await.unwrap();
        assert_eq!(stored.as_ref(), Some(added));
    }
    let mut seen = view(store, tenant).await;
    assert_eq!(seen.kek_current().await.unwrap().as_ref(), Some(&two));
    assert_eq!(seen.kek_list().await.unwrap(), [third_time, two]);
}

fn keystore(kek: u32) -> KeyWork {
    KeyWork::Export {
        wallet: wallet_id(),
        export: Export::Keystore {
            password: "sealed by nobody".to_owned(),
            kek,
        },
        voucher: None,
    }
}

pub(super) async fn purge_keeps_what_is_used(store: &Arc<dyn Store>) {
    let tenant = new_tenant(store).await.id;
    let keks = [kek(1), kek(2), kek(3)];
    let key = WrappedKey {
        kek: Some(1),
        ..wrapped_key(1)
    };
    let wallet = wallet().of(tenant).build();
    let task = key_task(key_import(2));
    let mut tx = begin(store, tenant).await;
    for kek in &keks {
        tx.kek_insert(kek).await.unwrap();
        tx.kek_insert(&next_kek(kek)).await.unwrap();
    }
    tx.wallet_insert(&wallet, &key).await.unwrap();
    tx.key_task_insert(&task).await.unwrap();
    commit(tx).await;

    let versions = async || {
        let list = view(store, tenant).await.kek_list().await.unwrap();
        let versions = list.iter().map(|kek| (kek.version, kek.generation));
        versions.collect::<Vec<_>>()
    };
    let purge = async || {
        let mut tx = begin(store, tenant).await;
        let gone = tx.kek_purge().await.unwrap();
        commit(tx).await;
        gone
    };
    // The older generations go; a wallet needs 1, a task needs 2, and 3 is the newest.
    assert_eq!(purge().await, 3);
    assert_eq!(versions().await, [(1, 2), (2, 2), (3, 2)]);
    assert_eq!(purge().await, 0);

    // Waiting for a second person is open, too.
    let waiting = moved_task(
        &task,
        KeyTaskState::AwaitingApproval {
            expires_at: second(5),
        },
    );
    let failed = KeyTaskState::Failed {
        code: "sealed_key_unusable".to_owned(),
        detail: "no key".to_owned(),
    };
    let failed = moved_task(&waiting, failed);
    let mut tx = begin(store, tenant).await;
    tx.key_task_update(task.revision, &waiting).await.unwrap();
    commit(tx).await;
    assert_eq!(purge().await, 0);
    let mut tx = begin(store, tenant).await;
    tx.key_task_update(waiting.revision, &failed).await.unwrap();
    // The password of an export is sealed for a version, too.
    let export = key_task(keystore(2));
    tx.key_task_insert(&export).await.unwrap();
    tx.key_task_insert(&key_task(keystore(0))).await.unwrap();
    commit(tx).await;
    assert_eq!(purge().await, 0);
    let mut tx = begin(store, tenant).await;
    let expired = moved_task(&export, KeyTaskState::Expired);
    tx.key_task_update(export.revision, &expired).await.unwrap();
    commit(tx).await;
    assert_eq!(purge().await, 1);
    assert_eq!(versions().await, [(1, 2), (3, 2)]);

    let mut tx = begin(store, tenant).await;
    tx.wallet_key_rewrap(wallet.id, &next_key(&key, Some(3)))
        .await
        .unwrap();
    commit(tx).await;
    assert_eq!(purge().await, 1);
    assert_eq!(versions().await, [(3, 2)]);
    // A version that is gone never comes back, and the next one is counted on.
    let mut tx = begin(store, tenant).await;
    assert!(is_conflict(&tx.kek_insert(&keks[0]).await));
    drop(tx);
    let mut tx = begin(store, tenant).await;
    tx.kek_insert(&kek(4)).await.unwrap();
    commit(tx).await;
    assert_eq!(versions().await, [(3, 2), (4, 1)]);
}

pub(super) async fn fixes_what_wraps_the_tenants_keys(store: &Arc<dyn Store>) {
    let mut acme = new_tenant(store).await;
    let kms = KeyManagement::AwsKms {
        key_arn: "arn:aws:kms:eu-central-1:111122223333:key/1".to_owned(),
    };
    let before = view(store, acme.id).await.revision().await.unwrap();
    acme.keys = kms.clone();
    let mut tx = begin(store, acme.id).await;
    tx.tenant_update(&acme).await.unwrap();
    commit(tx).await;
    let found = store.tenant_find(&acme.name).await.unwrap();
    assert_eq!(found.map(|tenant| tenant.keys), Some(kms.clone()));
    let now = view(store, acme.id).await.revision().await.unwrap();
    assert!(now > before);

    let mut tx = begin(store, acme.id).await;
    tx.kek_insert(&kek(1)).await.unwrap();
    commit(tx).await;
    acme.keys = KeyManagement::Local;
    let mut tx = begin(store, acme.id).await;
    assert!(is_conflict(&tx.tenant_update(&acme).await));
    drop(tx);
    // Everything else still moves.
    acme.keys = kms;
    acme.quota.max_wallets = Some(3);
    let mut tx = begin(store, acme.id).await;
    tx.tenant_update(&acme).await.unwrap();
    commit(tx).await;
    assert_eq!(store.tenant_find(&acme.name).await.unwrap(), Some(acme));
}
