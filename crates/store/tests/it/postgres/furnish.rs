//! A tenant with rows in every table. Its wallet's key has two generations, the newer one under the
//! first of two key-encryption keys, which has two generations, too; a task waits for the second.

use vaultpilot_audit::{Action, Actor, Draft, Outcome};
use vaultpilot_core::{Duration, Wallet};
use vaultpilot_intent::Digest;
use vaultpilot_ports::keys::WrappedKey;
use vaultpilot_ports::store::Store as _;
use vaultpilot_store::PostgresStore;
use vaultpilot_testkit::fixture::{
    CHAIN, allowed, api_key, approval, audit_id, hash, kek, key_import, key_task, next_kek,
    next_key, policy, reservation_of, run, second, strategy, transfer, wrapped_key,
};

use super::ground::settle;

pub(crate) fn draft() -> Draft {
    Draft::new(
        audit_id(),
        second(1),
        Action::ToolCalled,
        Actor::System,
        Outcome::Allowed,
    )
}

pub(crate) async fn furnish(store: &PostgresStore) -> Wallet {
    let ours = settle(store).await;
    let intent = transfer(&ours).final_(7).build();
    let ttl = Duration::from_mins(1);
    let lease = store
        .lease_acquire(CHAIN, ours.address, "me", second(0), ttl)
        .await
        .unwrap()
        .unwrap();
    let strategy = strategy(&ours, "payroll").due(second(1)).build();
    let mut tx = store.begin(ours.tenant).await.unwrap();
    tx.intent_insert(&intent, &allowed()).await.unwrap();
    tx.reservation_insert(&reservation_of(&intent))
        .await
        .unwrap();
    tx.nonce_take(&lease, 7, intent.id).await.unwrap();
    tx.approval_insert(&approval(&intent).build())
        .await
        .unwrap();
    let key = WrappedKey {
        kek: Some(1),
        ..next_key(&wrapped_key(1), None)
    };
    for (version, rows) in [(1, 2), (2, 1)] {
        let mut made = kek(version);
        for _ in 0..rows {
            tx.kek_insert(&made).await.unwrap();
            made = next_kek(&made);
        }
    }
    tx.wallet_key_rewrap(ours.id, &key).await.unwrap();
    tx.key_task_insert(&key_task(key_import(2))).await.unwrap();
    tx.policy_put(&policy("guard")).await.unwrap();
    tx.api_key_insert(&api_key("trader").build()).await.unwrap();
    tx.dry_run_insert(Digest(hash()), second(1)).await.unwrap();
    tx.strategy_insert(&strategy).await.unwrap();
    tx.run_insert(&run(&strategy, second(1)).build())
        .await
        .unwrap();
    tx.audit_append(vec![draft(), draft(), draft()])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    ours
}
