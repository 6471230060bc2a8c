//! A database of the release before tenants had key-encryption keys.

use vaultpilot_core::KeyManagement;
use vaultpilot_ports::keys::WrappedKey;
use vaultpilot_ports::store::Store as _;
use vaultpilot_testkit::fixture::{kek, next_key, wallet, wrapped_key};

use super::furnish::furnish;
use super::ground::{OWNER, database};

/// What takes the schema back to it, the newest change first.
const BACK: [&str; 8] = [
    include_str!("../../../migrations/postgres/0032_api_keys_have_makers/down.sql"),
    include_str!("../../../migrations/postgres/0031_hints_of_key_tasks/down.sql"),
    include_str!("../../../migrations/postgres/0030_keks_in_use_are_kept/down.sql"),
    include_str!("../../../migrations/postgres/0029_key_tasks/down.sql"),
    include_str!("../../../migrations/postgres/0028_addresses_have_one_wallet/down.sql"),
    include_str!("../../../migrations/postgres/0027_wallet_keys_have_generations/down.sql"),
    include_str!("../../../migrations/postgres/0026_tenant_keks/down.sql"),
    include_str!("../../../migrations/postgres/0025_tenants_choose_keys/down.sql"),
];

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_before_are_first_generations_under_no_kek() {
    let database = database().await;
    let store = database.store().await;
    let ours = furnish(&store).await;
    let mut view = store.read(ours.tenant).await.unwrap();
    let newest = view.wallet_key_fetch(ours.id).await.unwrap().unwrap();
    assert_eq!((newest.generation, newest.kek), (2, Some(1)));
    drop((view, store));

    let owner = database.session(OWNER).await;
    for back in BACK {
        owner.rows(back).await.unwrap();
    }
    database
        .run("DELETE FROM __diesel_schema_migrations WHERE version >= '0025'")
        .await;
    // What the program of then writes, before the schema changes and after.
    let (early, late) = (
        wallet().of(ours.tenant).build(),
        wallet().of(ours.tenant).build(),
    );
    for (written, missing) in [(&early, BACK.len()), (&late, 0)] {
        let insert = format!(
            "INSERT INTO wallets (tenant_id, id, label, address, chains, state, created_at)
             VALUES ('{0}', '{1}', '{2}', '{3:#x}', '[]', '{{\"state\":\"active\"}}', 0);
             INSERT INTO wallet_keys (tenant_id, wallet_id, version, provider, envelope)
             VALUES ('{0}', '{1}', 3, 'local', '\\x0102');",
            ours.tenant, written.id, written.label, written.address
        );
        database.run(&insert).await;
        assert_eq!(database.migrate().await.unwrap(), missing);
    }

    let store = database.store().await;
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
    let kept = WrappedKey {
        generation: 1,
        kek: None,
        ..newest
    };
    let legacy = WrappedKey {
        provider: "local".to_owned(),
        envelope: vec![1, 2],
        ..wrapped_key(3)
    };
    let mut tx = store.begin(ours.tenant).await.unwrap();
    let tenant = tx.tenant_fetch().await.unwrap().unwrap();
    assert_eq!(tenant.keys, KeyManagement::Local);
    assert_eq!(tx.wallet_key_fetch(ours.id).await.unwrap(), Some(kept));
    // And from there they are moved.
    tx.kek_insert(&kek(1)).await.unwrap();
    let mut behind = tx.wallet_key_list_behind(1, None, 9).await.unwrap();
    behind.sort_by_key(|(id, _)| *id);
    let expected = [(early.id, legacy.clone()), (late.id, legacy.clone())];
    assert_eq!(behind, expected);
    for (id, key) in &behind {
        let moved = next_key(key, Some(1));
        tx.wallet_key_rewrap(*id, &moved).await.unwrap();
    }
    assert_eq!(tx.wallet_key_purge().await.unwrap(), 2);
    tx.commit().await.unwrap();
}
