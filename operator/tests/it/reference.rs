//! References to what does not exist, and policies and limits that make no sense.

use serde_json::json;
use vaultpilot_crds::{Policy, Strategy, Tenant, Wallet};
use vaultpilot_ports::Fault;

use crate::house::{House, said};

const NS: &str = "vp-acme";

async fn house() -> House {
    let house = House::new();
    house.apply("{ apiVersion: vaultpilot.io/v1alpha1, kind: Tenant, metadata: { name: acme }, spec: { keyManagement: { provider: Local } } }");
    house.pass::<Tenant>("", "acme").await.unwrap();
    house
}

fn wallet(spec: serde_json::Value) -> serde_json::Value {
    let mut full = json!({ "chains": ["eip155:8453"] });
    full.as_object_mut()
        .unwrap()
        .extend(spec.as_object().unwrap().clone());
    json!({ "apiVersion": "vaultpilot.io/v1alpha1", "kind": "Wallet",
        "metadata": { "name": "treasury", "namespace": NS }, "spec": full })
}

fn policy(spec: &serde_json::Value) -> serde_json::Value {
    json!({ "apiVersion": "vaultpilot.io/v1alpha1", "kind": "Policy",
        "metadata": { "name": "guard", "namespace": NS }, "spec": spec })
}

#[tokio::test]
async fn a_policy_that_is_not_there_is_named_and_heals() {
    let house = house().await;
    house
        .api
        .put(wallet(json!({ "policyRefs": [{ "name": "guard" }] })));
    house.pass::<Wallet>(NS, "treasury").await.unwrap();
    let told = house.condition("wallets", NS, "treasury", "Accepted");
    assert_eq!(said(&told), "False PolicyNotFound");
    assert!(told[2].contains("Policy guard"), "{}", told[2]);
    assert_eq!(house.plane.address("treasury"), None);
    house.api.put(policy(
        &json!({ "selector": { "wallets": ["treasury"], "agents": ["*"] } }),
    ));
    house.pass::<Wallet>(NS, "treasury").await.unwrap();
    assert_eq!(
        said(&house.condition("wallets", NS, "treasury", "Ready")),
        "True AsAsked"
    );
}

#[tokio::test]
async fn a_wallet_that_is_not_there_is_named_and_heals() {
    let house = house().await;
    house.api.put(
        json!({ "apiVersion": "vaultpilot.io/v1alpha1", "kind": "Strategy",
        "metadata": { "name": "rent", "namespace": NS }, "spec": {
            "walletRef": { "name": "treasury" }, "type": "RecurringTransfer",
            "recurringTransfer": { "chain": "eip155:8453", "asset": "native", "amount": "1",
                "to": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" },
            "schedule": { "interval": "1h" } } }),
    );
    house.pass::<Strategy>(NS, "rent").await.unwrap();
    let told = house.condition("strategies", NS, "rent", "WalletReady");
    assert_eq!(said(&told), "False WalletNotFound");
    assert!(told[2].contains("Wallet treasury"), "{}", told[2]);
    house.api.put(wallet(json!({})));
    house.pass::<Wallet>(NS, "treasury").await.unwrap();
    house.pass::<Strategy>(NS, "rent").await.unwrap();
    assert_eq!(
        said(&house.condition("strategies", NS, "rent", "Ready")),
        "True AsAsked"
    );
}

#[tokio::test]
async fn limits_that_contradict_each_other_make_no_wallet() {
    let house = house().await;
    let limits = json!([{ "chain": "eip155:8453", "asset": "native", "perTransaction": "3", "perDay": "2" }]);
    house.api.put(wallet(json!({ "spendLimits": limits })));
    house.pass::<Wallet>(NS, "treasury").await.unwrap();
    let told = house.condition("wallets", NS, "treasury", "Accepted");
    assert_eq!(said(&told), "False InvalidLimits");
    assert_eq!(
        said(&house.condition("wallets", NS, "treasury", "Stalled")),
        "True InvalidLimits"
    );
    assert_eq!(house.plane.address("treasury"), None);
}

#[tokio::test]
async fn limits_are_in_force_before_the_wallet_is() {
    let house = house().await;
    house.plane.take_calls();
    let limits = json!([{ "chain": "eip155:8453", "asset": "native", "perTransaction": "1" }]);
    house.api.put(wallet(json!({ "spendLimits": limits })));
    house.pass::<Wallet>(NS, "treasury").await.unwrap();
    assert_eq!(
        house.plane.take_calls(),
        ["policy_apply wallet-treasury", "wallet_apply treasury"]
    );
    house.plane.refuse_policy(Some(Fault::invalid(
        "invalid_policy",
        "spec.assets[0].perTx",
        "too many decimals",
    )));
    house.pass::<Wallet>(NS, "treasury").await.unwrap();
    assert_eq!(house.plane.take_calls(), ["policy_apply wallet-treasury"]);
    let told = house.condition("wallets", NS, "treasury", "KeyReady");
    assert_eq!(said(&told), "False ControlPlaneRefused");
    assert!(told[2].contains("too many decimals"), "{}", told[2]);
}

#[tokio::test]
async fn a_policy_that_does_not_parse_is_told_in_the_readers_words() {
    let house = house().await;
    // As the schema would let it through, and the document does not: an address with a wrong digit.
    house.api.put(policy(&json!({
        "selector": { "wallets": ["*"], "agents": ["*"] },
        "recipients": { "deny": ["0x70997970c51812dc3A010C7d01b50e0d17dc79C8"] },
    })));
    house.pass::<Policy>(NS, "guard").await.unwrap();
    let told = house.condition("policies", NS, "guard", "Accepted");
    assert_eq!(said(&told), "False PolicyInvalid");
    assert!(told[2].contains("checksum"), "{}", told[2]);
    let object = house.api.get("policies", NS, "guard").unwrap();
    assert_eq!(object["status"]["errors"][0]["path"], "spec");
    house.api.put(policy(
        &json!({ "selector": { "wallets": ["*"], "agents": ["*"] } }),
    ));
    house.plane.refuse_policy(Some(Fault::invalid(
        "invalid_policy",
        "spec.chains",
        "is empty",
    )));
    house.pass::<Policy>(NS, "guard").await.unwrap();
    let object = house.api.get("policies", NS, "guard").unwrap();
    assert_eq!(
        object["status"]["errors"],
        json!([{ "path": "spec.chains", "message": "is empty" }])
    );
    house.plane.refuse_policy(None);
    house.pass::<Policy>(NS, "guard").await.unwrap();
    assert_eq!(
        said(&house.condition("policies", NS, "guard", "Ready")),
        "True AsAsked"
    );
    assert_eq!(
        house.api.get("policies", NS, "guard").unwrap()["status"]["errors"],
        json!(null)
    );
}

#[tokio::test]
async fn a_record_of_another_is_not_taken_over() {
    let house = house().await;
    house.plane.refuse_policy(Some(Fault::conflict(
        "managed_by_other",
        "it belongs to Wallet vp-acme/till",
    )));
    house.api.put(policy(
        &json!({ "selector": { "wallets": ["*"], "agents": ["*"] } }),
    ));
    house.pass::<Policy>(NS, "guard").await.unwrap();
    let told = house.condition("policies", NS, "guard", "Accepted");
    assert_eq!(said(&told), "False AdoptionConflict");
    assert!(told[2].contains("Wallet vp-acme/till"), "{}", told[2]);
}

#[tokio::test]
async fn a_namespace_without_a_tenant_makes_nothing() {
    let house = House::new();
    house.api.put(
        json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": {
        "name": NS, "labels": { "vaultpilot.io/tenant": "acme" } } }),
    );
    house.api.put(wallet(json!({})));
    house.pass::<Wallet>(NS, "treasury").await.unwrap();
    // The label alone does not do: it is not the operator's mark.
    assert_eq!(
        said(&house.condition("wallets", NS, "treasury", "Accepted")),
        "False NoTenant"
    );
    assert_eq!(house.plane.take_calls(), Vec::<String>::new());
}
