//! The contract every store keeps.

use std::sync::{Arc, Mutex};

use vaultpilot_ports::store::Store;

use crate::ground::{Place, place};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_keeps_the_contract() {
    // The folders of all cases live until the end.
    let places: Mutex<Vec<Place>> = Mutex::default();
    vaultpilot_testkit::contract::store::run(async || -> Arc<dyn Store> {
        let place = place().await;
        let store = place.port();
        places.lock().unwrap().push(place);
        store
    })
    .await;
    assert!(
        places.lock().unwrap().len() > 30,
        "each case has a store of its own"
    );
    for place in places.into_inner().unwrap() {
        assert_eq!(place.store.check().await.unwrap(), Vec::<String>::new());
    }
}
