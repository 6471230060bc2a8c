//! A file of the release before tenants had key-encryption keys.

use diesel::connection::SimpleConnection as _;
use vaultpilot_core::KeyManagement;
use vaultpilot_ports::keys::WrappedKey;
use vaultpilot_ports::store::Store as _;
use vaultpilot_testkit::fixture::{kek, key_import, key_task, next_key, wallet, wrapped_key};

use crate::ground::place;

/// What takes the schema back to it, the newest change first.
const BACK: [&str; 7] = [
    include_str!("../../migrations/sqlite/0026_api_keys_have_makers/down.sql"),
    include_str!("../../migrations/sqlite/0025_keks_in_use_are_kept/down.sql"),
    include_str!("../../migrations/sqlite/0024_key_tasks/down.sql"),
    include_str!("../../migrations/sqlite/0023_addresses_have_one_wallet/down.sql"),
    include_str!("../../migrations/sqlite/0022_wallet_keys_have_generations/down.sql"),
    include_str!("../../migrations/sqlite/0021_tenant_keks/down.sql"),
    include_str!("../../migrations/sqlite/0020_tenants_choose_keys/down.sql"),
];

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_before_are_first_generations_under_no_kek() {
    let place = place().await;
    let ours = place.settle().await;
    let mut tx = place.begin(&ours).await;
    let first = tx.wallet_key_fetch(ours.id).await.unwrap().unwrap();
    tx.kek_insert(&kek(1)).await.unwrap();
    let second = next_key(&first, Some(1));
    tx.wallet_key_rewrap(ours.id, &second).await.unwrap();
    tx.key_task_insert(&key_task(key_import(1))).await.unwrap();
    tx.commit().await.unwrap();

    // Back, with rows: the newest generation is the one that is kept.
    let mut before = place.intruder();
    for back in BACK {
        let back = format!("PRAGMA foreign_keys = ON; BEGIN; {back} COMMIT;");
        before.batch_execute(&back).unwrap();
    }
    // What the program of then writes.
    let other = wallet().of(ours.tenant).build();
    let insert = |id, label, address| {
        format!(
            "DELETE FROM __diesel_schema_migrations WHERE version >= '0020';
             INSERT INTO wallets (tenant_id, id, label, address, chains, state, created_at)
             VALUES ('{}', '{id}', '{label}', '{address:#x}', '[]', '{{\"state\":\"active\"}}', 0);
             INSERT INTO wallet_keys (tenant_id, wallet_id, version, provider, envelope)
             VALUES ('{}', '{id}', 3, 'local', x'0102');",
            ours.tenant, ours.tenant
        )
    };
    let written = insert(other.id, &other.label, other.address);
    before.batch_execute(&written).unwrap();

    assert_eq!(place.store.migrate().await.unwrap(), BACK.len());
    assert_eq!(place.store.check().await.unwrap(), Vec::<String>::new());
    let kept = WrappedKey {
        generation: 1,
        kek: None,
        ..second
    };
    let legacy = WrappedKey {
        provider: "local".to_owned(),
        envelope: vec![1, 2],
        ..wrapped_key(3)
    };
    let mut tx = place.begin(&ours).await;
    let tenant = tx.tenant_fetch().await.unwrap().unwrap();
    assert_eq!(tenant.keys, KeyManagement::Local);
    assert_eq!(tx.wallet_key_fetch(ours.id).await.unwrap(), Some(kept));
    let stored = tx.wallet_key_fetch(other.id).await.unwrap();
    assert_eq!(stored.as_ref(), Some(&legacy));
    // And from there they are moved.
    assert_eq!(tx.kek_current().await.unwrap(), None);
    tx.kek_insert(&kek(1)).await.unwrap();
    let behind = tx.wallet_key_list_behind(1, None, 9).await.unwrap();
    assert_eq!(behind, [(other.id, legacy.clone())]);
    let moved = next_key(&legacy, Some(1));
    tx.wallet_key_rewrap(other.id, &moved).await.unwrap();
    assert_eq!(tx.wallet_key_purge().await.unwrap(), 1);
    tx.commit().await.unwrap();
    let mut view = place.store.read(ours.tenant).await.unwrap();
    assert_eq!(view.wallet_key_fetch(other.id).await.unwrap(), Some(moved));
}
