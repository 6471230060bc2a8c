//! What only somebody with a hand on the connection can bring about.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use vaultpilot_core::{Wallet, WalletId};
use vaultpilot_ports::store::{Page, Store as _};
use vaultpilot_testkit::fixture::{tenant, wallet, wrapped_key};

use super::*;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    page_count: i64,
}

async fn limit_growth(store: &SqliteStore, pages: i64) {
    let limit = move |conn: &mut SqliteConnection| {
        let count: Count = diesel::sql_query("PRAGMA page_count")
            .get_result(conn)
            .unwrap();
        let limit = format!("PRAGMA max_page_count = {}", count.page_count + pages);
        conn.batch_execute(&limit).unwrap();
        Ok(())
    };
    store.writer.once(limit).await.unwrap();
}

fn bulky(tenant: TenantId) -> (Wallet, vaultpilot_ports::keys::WrappedKey) {
    let mut key = wrapped_key(1);
    key.envelope = vec![7; 10_000];
    (wallet().of(tenant).build(), key)
}

/// SQLite ends the transaction itself when the disk is full; what came next in the same unit of
/// work would then commit alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_leaves_nothing_of_the_unit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("full.db");
    let store = SqliteStore::open(path, &SqliteOptions::default())
        .await
        .unwrap();
    store.migrate().await.unwrap();
    let tenant = tenant().build();
    assert!(store.tenant_create(&tenant).await.unwrap());
    limit_growth(&store, 20).await;

    let mut tx = store.begin(tenant.id).await.unwrap();
    let mut stored: Vec<WalletId> = Vec::new();
    let refused = loop {
        let (wallet, key) = bulky(tenant.id);
        match tx.wallet_insert(&wallet, &key).await {
            Ok(()) => stored.push(wallet.id),
            Err(error) => break error,
        }
    };
    assert!(!stored.is_empty());
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused:?}");
    let (small, key) = (wallet().of(tenant.id).build(), wrapped_key(1));
    assert!(matches!(
        tx.wallet_insert(&small, &key).await,
        Err(StoreError::Unavailable(_))
    ));
    assert!(matches!(tx.commit().await, Err(StoreError::Unavailable(_))));

    let mut view = store.read(tenant.id).await.unwrap();
    assert_eq!(view.wallet_list(Page::first(10)).await.unwrap(), []);
    drop(view);
    // With room again, the same writer goes on.
    limit_growth(&store, 1000).await;
    let mut tx = store.begin(tenant.id).await.unwrap();
    tx.wallet_insert(&small, &key).await.unwrap();
    tx.commit().await.unwrap();
    let mut view = store.read(tenant.id).await.unwrap();
    assert_eq!(view.wallet_list(Page::first(10)).await.unwrap(), [small]);
}

/// A thread that died answers every later call with an error, and none hangs.
#[tokio::test(flavor = "multi_thread")]
async fn a_dead_writer_refuses_and_readers_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dead.db");
    let store = SqliteStore::open(path, &SqliteOptions::default())
        .await
        .unwrap();
    store.migrate().await.unwrap();
    let died: Result<(), _> = store.writer.once(|_| panic!("on purpose")).await;
    assert!(matches!(died, Err(StoreError::Unavailable(_))));
    let tenant = tenant().build();
    for _ in 0..3 {
        assert!(matches!(
            store.begin(tenant.id).await,
            Err(StoreError::Unavailable(_))
        ));
    }
    assert_eq!(store.tenant_list().await.unwrap(), []);
}

/// A reader's connection refuses to write, whatever it is told.
#[tokio::test(flavor = "multi_thread")]
async fn readers_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("read.db");
    let store = SqliteStore::open(path, &SqliteOptions::default())
        .await
        .unwrap();
    store.migrate().await.unwrap();
    let tenant = tenant().build();
    let copy = folder.path().join("copy.db");
    for _ in 0..2 {
        let tenant = tenant.clone();
        let refused = store
            .readers
            .once(move |conn| tenant::create(conn, &tenant))
            .await;
        assert!(matches!(refused, Err(StoreError::Unavailable(_))));
        // Nor after a copy, which lifts the ban for its own time.
        store.backup_to(&copy).await.ok();
    }
    assert!(copy.exists());
}
