#![expect(
    clippy::needless_pass_by_value,
    clippy::unwrap_in_result,
    reason = "values are written where they are used, and a panic is a failed test"
)]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use vaultpilot_crds::WalletSpec;

use super::{Invalid, ValidWallet, validate};

fn judge(spec: Value) -> Result<ValidWallet, Invalid> {
    let mut full = json!({ "chains": ["eip155:8453"] });
    full.as_object_mut()
        .unwrap()
        .extend(spec.as_object().unwrap().clone());
    let spec: WalletSpec = serde_json::from_value(full).unwrap();
    let policies = BTreeMap::from([
        ("all".to_owned(), vec!["*".to_owned()]),
        ("others".to_owned(), vec!["till".to_owned()]),
    ]);
    validate(&"treasury".parse().unwrap(), &spec, &policies)
}

fn refused(spec: Value) -> (String, String) {
    let invalid = judge(spec).unwrap_err();
    (invalid.reason().to_string(), invalid.to_string())
}

fn limit(more: Value) -> Value {
    let mut limit = json!({ "chain": "eip155:8453", "asset": "native" });
    limit
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    json!([limit])
}

#[test]
fn limits_become_a_policy_of_the_wallets_own() {
    let valid = judge(json!({
        "spendLimits": limit(json!({
            "perTransaction": "0.5", "perDay": "2", "approvalAbove": "0.1", "reserveFloor": "0.01",
        })),
        "recipients": { "allow": ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8"] },
        "approval": { "confirmationCode": true, "approverGroups": ["finance"], "ttl": "15m" },
        "allowedCidrs": ["10.0.0.0/8"],
        "policyRefs": [{ "name": "all" }],
    }));
    let document = valid.unwrap().limits.unwrap();
    let written = serde_json::to_value(&document).unwrap();
    assert_eq!(
        written,
        json!({
            "apiVersion": "vaultpilot.io/v1alpha1",
            "kind": "Policy",
            "metadata": { "name": "wallet-treasury" },
            "spec": {
                "selector": { "wallets": ["treasury"], "agents": ["*"] },
                "chains": ["eip155:8453"],
                "tools": { "allow": ["*"] },
                "assets": [{
                    "chain": "eip155:8453", "token": "native", "perTx": "0.5",
                    "rolling": [{ "window": "24h", "max": "2" }],
                    "reserveFloor": "0.01", "approvalAbove": "0.1",
                }],
                "recipients": {
                    "allow": ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8"],
                    "newRecipient": "deny", "cooldown": "0s",
                },
                "network": { "ipAllow": ["10.0.0.0/8"] },
                "approvals": [{
                    "when": { "amountAbove": "0.1" },
                    "require": { "quorum": 1, "of": ["group:finance"] },
                    "ttl": "15m", "code": true,
                }],
            },
        })
    );
    document.compile(&|_| None).unwrap();
}

#[test]
fn without_limits_nothing_is_written() {
    assert!(judge(json!({})).unwrap().limits.is_none());
    let (reason, words) = refused(
        json!({ "recipients": { "deny": ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8"] } }),
    );
    assert_eq!(reason, "InvalidSpec");
    assert!(
        words.contains("spec.recipients needs spec.spendLimits"),
        "{words}"
    );
}

#[test]
fn limits_that_contradict_each_other_are_told() {
    for (limits, words) in [
        (
            json!({ "perTransaction": "3", "perDay": "2.5" }),
            "perTransaction 3 is more than perDay 2.5",
        ),
        (
            json!({ "approvalAbove": "1", "perTransaction": "0.5" }),
            "approvalAbove 1 is more than perTransaction 0.5",
        ),
        (
            json!({ "approvalAbove": "10", "perDay": "9" }),
            "approvalAbove 10 is more than perDay 9",
        ),
    ] {
        let (reason, told) = refused(json!({ "spendLimits": limit(limits) }));
        assert_eq!(reason, "InvalidLimits");
        assert!(told.ends_with(words), "{told}");
    }
}

#[test]
fn policies_that_are_named_must_be_there_and_speak_of_the_wallet() {
    let (reason, words) = refused(json!({ "policyRefs": [{ "name": "gone" }] }));
    assert_eq!(reason, "PolicyNotFound");
    assert!(words.contains("Policy gone"), "{words}");
    let (reason, words) = refused(json!({ "policyRefs": [{ "name": "others" }] }));
    assert_eq!(reason, "PolicyDoesNotSelect");
    assert!(words.contains("Policy others"), "{words}");
}

#[test]
fn a_freeze_has_a_reason_always() {
    let frozen = |spec: Value| judge(spec).unwrap().frozen;
    assert_eq!(frozen(json!({})), None);
    assert_eq!(
        frozen(json!({ "frozen": true })).as_deref(),
        Some("spec.frozen")
    );
    let told = frozen(json!({ "frozen": true, "freezeReason": "audit" }));
    assert_eq!(told.as_deref(), Some("audit"));
}

#[test]
fn keys_from_elsewhere_are_not_pretended() {
    let bundle = json!({ "name": "bundle", "key": "treasury.age" });
    let import = json!({ "keySource": { "type": "Import", "importBundleRef": bundle } });
    let (reason, message) = refused(import);
    assert_eq!(reason, "UnsupportedField");
    assert!(message.contains("vaultpilot wallet import"), "{message}");
    let (reason, _) = refused(json!({ "keySource": { "type": "External" } }));
    assert_eq!(reason, "InvalidSpec");
}

#[test]
fn approval_speaks_for_all_limits_or_none() {
    let two = json!([
        { "chain": "eip155:8453", "asset": "native", "approvalAbove": "1" },
        { "chain": "eip155:8453", "asset": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", "approvalAbove": "2" },
    ]);
    let (reason, _) = refused(json!({ "spendLimits": two, "approval": {} }));
    assert_eq!(reason, "InvalidSpec");
}
