//! The contract every store keeps.

use std::sync::{Arc, Mutex};

use vaultpilot_ports::store::Store;
use vaultpilot_store::PostgresStore;

use super::ground::database;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgres_keeps_the_contract() {
    let stores: Mutex<Vec<PostgresStore>> = Mutex::default();
    vaultpilot_testkit::contract::store::run(async || -> Arc<dyn Store> {
        let store = database().await.store().await;
        let port: Arc<dyn Store> = Arc::new(store.clone());
        stores.lock().unwrap().push(store);
        port
    })
    .await;
    let stores = stores.into_inner().unwrap();
    assert!(stores.len() > 30, "each case has a database of its own");
    for store in stores {
        assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
    }
}
