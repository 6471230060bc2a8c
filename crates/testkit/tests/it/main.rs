//! The fakes keep the contracts of what they stand for.

use std::sync::Arc;

use vaultpilot_ports::Store;
use vaultpilot_testkit::keys::fake_signature;
use vaultpilot_testkit::{FakeKeys, FakeStore, contract};

mod chain;

#[tokio::test(flavor = "multi_thread")]
async fn fake_store_keeps_the_contract() {
    contract::store::run(async || Arc::new(FakeStore::new()) as Arc<dyn Store>).await;
}

#[tokio::test]
async fn fake_keys_keep_the_contract() {
    let keys = FakeKeys::new();
    contract::keys::run(&keys, &keys, &|address, hash, signature| {
        fake_signature(address, hash) == *signature
    })
    .await;
}
