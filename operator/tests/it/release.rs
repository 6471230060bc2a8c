//! Finalizers when the operator is gone.

use serde_json::json;
use vaultpilot_operator::release::{release, waiting};

use crate::house::House;

#[tokio::test]
async fn only_what_is_being_deleted_and_waits_for_us_is_let_go() {
    let house = House::new();
    let wallet = |name: &str, finalizers: &[&str]| {
        json!({ "apiVersion": "vaultpilot.io/v1alpha1", "kind": "Wallet", "metadata": {
            "name": name, "namespace": "vp-acme", "finalizers": finalizers } })
    };
    house.api.put(wallet("kept", &["vaultpilot.io/protect"]));
    house.api.put(wallet("gone", &["vaultpilot.io/protect"]));
    house.api.put(wallet(
        "shared",
        &["vaultpilot.io/protect", "example.com/theirs"],
    ));
    house.api.put(wallet("others", &["example.com/theirs"]));
    for name in ["gone", "shared", "others"] {
        house.api.delete("wallets", "vp-acme", name);
    }
    let client = house.api.client();
    let found = waiting(&client, None).await.unwrap();
    let names: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["Wallet vp-acme/gone", "Wallet vp-acme/shared"]);
    for one in &found {
        release(&client, one).await.unwrap();
    }
    assert_eq!(house.api.names("wallets"), ["kept", "others", "shared"]);
    let shared = house.api.get("wallets", "vp-acme", "shared").unwrap();
    assert_eq!(
        shared["metadata"]["finalizers"],
        json!(["example.com/theirs"])
    );
    assert_eq!(house.plane.take_calls(), Vec::<String>::new());
}
