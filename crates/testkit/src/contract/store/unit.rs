use std::sync::Arc;

use vaultpilot_core::{Duration, Wei};
use vaultpilot_intent::{IntentState, StateName};
use vaultpilot_policy::ReasonCode;
use vaultpilot_ports::Store;
use vaultpilot_ports::store::{ApprovalState, KeyTaskState, Page};

use super::furnish::furnish;
use super::ground::{begin, commit, everything, put, put_reserved, settle, view};
use crate::fixture::{
    CHAIN, OTHER_CHAIN, allowed, api_key, approval, denied, hash, kek, key_import, key_task, label,
    moved_task, next_key, policy, reservation_of, second, transfer, wallet, wrapped_key,
};

pub(super) async fn sees_its_own_writes_and_nobody_else_does(store: &Arc<dyn Store>) {
    let (tenant, _) = settle(store).await;
    let new = wallet().of(tenant).labelled("new").build();
    let mut tx = begin(store, tenant).await;
    tx.wallet_insert(&new, &wrapped_key(1)).await.unwrap();
    assert_eq!(tx.wallet_fetch(new.id).await.unwrap(), Some(new.clone()));
    assert_eq!(
        view(store, tenant)
            .await
            .wallet_fetch(new.id)
            .await
            .unwrap(),
        None
    );
    commit(tx).await;
    assert_eq!(
        view(store, tenant)
            .await
            .wallet_fetch(new.id)
            .await
            .unwrap(),
        Some(new)
    );
}

/// One of every write, then nothing of it.
pub(super) async fn dropped_without_commit_never_was(store: &Arc<dyn Store>) {
    let full = furnish(store).await;
    let unit = (full.intent.clone(), reservation_of(&full.intent));
    let before = everything(&mut *view(store, full.tenant.id).await).await;

    let digest = vaultpilot_intent::Digest(hash());
    let mut moved = full.intent.clone();
    moved.state = IntentState::Cancelled { at: second(5) };
    let at = second(5);
    let mut tenant = full.tenant.clone();
    tenant.state = vaultpilot_core::tenant::TenantState::Frozen {
        reason: "x".to_owned(),
        at,
    };
    let frozen = vaultpilot_core::WalletState::Frozen {
        reason: "x".to_owned(),
        at,
    };
    let other = transfer(&full.wallet).build();
    let third = transfer(&full.wallet).build();

    let mut tx = begin(store, full.tenant.id).await;
    tx.tenant_update(&tenant).await.unwrap();
    let new = wallet().of(full.tenant.id).build();
    tx.wallet_insert(&new, &wrapped_key(1)).await.unwrap();
    let key = tx.wallet_key_fetch(full.wallet.id).await.unwrap();
    let key = next_key(&key.expect("it was furnished"), Some(1));
    tx.wallet_key_rewrap(full.wallet.id, &key).await.unwrap();
    assert_eq!(tx.wallet_key_purge().await.unwrap(), 1);
    tx.kek_insert(&kek(2)).await.unwrap();
    assert_eq!(tx.kek_purge().await.unwrap(), 1);
    let ended = moved_task(&full.task, KeyTaskState::Expired);
    tx.key_task_update(full.task.revision, &ended)
        .await
        .unwrap();
    tx.key_task_insert(&key_task(key_import(2))).await.unwrap();
    tx.wallet_update(full.wallet.id, &frozen).await.unwrap();
    tx.wallet_add_chains(full.wallet.id, &[OTHER_CHAIN])
        .await
        .unwrap();
    tx.policy_put(&policy("second")).await.unwrap();
    assert!(tx.policy_delete(&full.policy.name).await.unwrap());
    tx.intent_insert(&other, &allowed()).await.unwrap();
    tx.intent_insert(&third, &allowed()).await.unwrap();
    let no = denied(ReasonCode::Frozen);
    tx.intent_update(StateName::Authorized, &moved, &no)
        .await
        .unwrap();
    tx.reservation_insert(&reservation_of(&other))
        .await
        .unwrap();
    tx.reservation_commit(other.id, true, Wei(1), at)
        .await
        .unwrap();
    tx.reservation_release(unit.1.intent).await.unwrap();
    tx.nonce_take(&full.lease, full.nonce + 1, other.id)
        .await
        .unwrap();
    tx.approval_insert(&approval(&third).build()).await.unwrap();
    tx.approval_update(&full.approval, &ApprovalState::Expired { at })
        .await
        .unwrap();
    tx.api_key_insert(&api_key("second").build()).await.unwrap();
    assert!(tx.api_key_revoke(full.api_key.id, at).await.unwrap());
    tx.dry_run_insert(digest, at).await.unwrap();
    tx.audit_append(vec![full.draft()]).await.unwrap();
    assert_ne!(everything(&mut *tx).await, before);
    drop(tx);

    assert_eq!(
        everything(&mut *view(store, full.tenant.id).await).await,
        before
    );
    assert!(
        !view(store, full.tenant.id)
            .await
            .dry_run_seen(digest, second(0))
            .await
            .unwrap()
    );
    // What was dropped holds nothing: the next writer is served.
    let mut tx = begin(store, full.tenant.id).await;
    tx.policy_put(&policy("third")).await.unwrap();
    commit(tx).await;
    let names = view(store, full.tenant.id)
        .await
        .policy_list()
        .await
        .unwrap();
    assert!(names.iter().any(|it| it.name == label("third")));
    assert!(!names.iter().any(|it| it.name == label("second")));
}

pub(super) async fn view_stays_as_it_was_and_waits_for_nobody(store: &Arc<dyn Store>) {
    let (tenant, wallet) = settle(store).await;
    let (intent, reservation) = transfer(&wallet).with_reservation();
    let mut old = view(store, tenant).await;
    assert_eq!(old.intent_fetch(intent.id).await.unwrap(), None);

    let mut tx = begin(store, tenant).await;
    tx.intent_insert(&intent, &allowed()).await.unwrap();
    tx.reservation_insert(&reservation).await.unwrap();
    let patience = Duration::from_secs(10);
    let during = async {
        view(store, tenant)
            .await
            .wallet_list(Page::first(9))
            .await
            .unwrap()
    };
    let seen = tokio::time::timeout(patience, during)
        .await
        .expect("a view never waits");
    assert_eq!(seen.first(), Some(&wallet));
    commit(tx).await;

    let native = vaultpilot_core::Asset::native(CHAIN);
    assert_eq!(old.intent_fetch(intent.id).await.unwrap(), None);
    assert!(old.reserved(wallet.id, native).await.unwrap().is_zero());
    drop(old);
    let mut new = view(store, tenant).await;
    assert!(new.intent_fetch(intent.id).await.unwrap().is_some());
    assert!(!new.reserved(wallet.id, native).await.unwrap().is_zero());

    // A view that stays open does not stop writers.
    let writing = async {
        put(store, &transfer(&wallet).build()).await;
        put_reserved(store, &transfer(&wallet).with_reservation()).await;
    };
    tokio::time::timeout(patience, writing)
        .await
        .expect("a writer never waits for a view");
    drop(new);
}
