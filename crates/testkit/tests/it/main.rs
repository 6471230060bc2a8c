//! The fakes keep the contracts of what they stand for.

use std::sync::Arc;

use vaultpilot_core::KeyManagement;
use vaultpilot_ports::Store;
use vaultpilot_testkit::keys::{fake_recipient, fake_sealed, fake_signature};
use vaultpilot_testkit::{FakeKeys, FakeStore, contract};

mod chain;
mod keys;

#[tokio::test(flavor = "multi_thread")]
async fn fake_store_keeps_the_contract() {
    contract::store::run(async || Arc::new(FakeStore::new()) as Arc<dyn Store>).await;
}

#[tokio::test]
async fn fake_keys_keep_the_contract() {
    let keys = FakeKeys::new();
    for management in [KeyManagement::Local, vault()] {
        contract::keys::run(contract::keys::Bench {
            wrapper: &keys,
            signer: &keys,
            custodian: &keys,
            management: &management,
            signed_by: &|address, hash, signature| fake_signature(address, hash) == *signature,
            recipient: &fake_recipient,
            seal: &fake_sealed,
        })
        .await;
    }
}

fn vault() -> KeyManagement {
    KeyManagement::Vault {
        mount: "transit".to_owned(),
        key: "acme".to_owned(),
        role: "acme".to_owned(),
    }
}
