//! Bad input: each a problem with its own code, and nothing changed.

use serde_json::{Value, json};
use vaultpilot_testkit::fixture::address;

use crate::client::Ask;
use crate::house::{GUARD, House};

const CHAIN: &str = "eip155:31337";

fn test_of(change: impl Fn(&mut Value)) -> Value {
    let to = address(1).to_checksum(None);
    let request =
        json!({ "wallet": "treasury", "chain": CHAIN, "to": to, "asset": "native", "amount": "1" });
    let mut body = json!({ "request": request });
    change(&mut body);
    body
}

/// Method, path, body, status, code.
type Case = (&'static str, &'static str, Value, u16, &'static str);

fn cases() -> Vec<Case> {
    let wallets = "/api/v1/wallets";
    let test = "/api/v1/policies/test";
    let lower = address(0xabcd_ef12_3456)
        .to_checksum(None)
        .to_uppercase()
        .replace("0X", "0x");
    vec![
        ("post", wallets, Value::Null, 422, "body_invalid"),
        ("post", wallets, json!({}), 422, "body_invalid"),
        ("post", wallets, json!({ "label": 7 }), 422, "body_invalid"),
        (
            "post",
            wallets,
            json!({ "label": "x", "extra": 1 }),
            422,
            "body_invalid",
        ),
        (
            "post",
            wallets,
            json!({ "label": "Treasury" }),
            422,
            "label_malformed",
        ),
        (
            "post",
            wallets,
            json!({ "label": "" }),
            422,
            "label_malformed",
        ),
        (
            "post",
            wallets,
            json!({ "label": "x".repeat(64) }),
            422,
            "label_malformed",
        ),
        (
            "post",
            wallets,
            json!({ "label": "x", "chains": ["mainnet"] }),
            422,
            "chain_malformed",
        ),
        (
            "post",
            wallets,
            json!({ "label": "x", "chains": ["eip155:5"] }),
            422,
            "chain_unknown",
        ),
        (
            "get",
            "/api/v1/wallets?limit=0",
            Value::Null,
            422,
            "limit_out_of_range",
        ),
        (
            "get",
            "/api/v1/wallets?limit=201",
            Value::Null,
            422,
            "limit_out_of_range",
        ),
        (
            "get",
            "/api/v1/wallets?limit=-1",
            Value::Null,
            422,
            "query_invalid",
        ),
        (
            "get",
            "/api/v1/wallets?limit=many",
            Value::Null,
            422,
            "query_invalid",
        ),
        (
            "get",
            "/api/v1/wallets/nobodys",
            Value::Null,
            404,
            "not_found",
        ),
        (
            "get",
            "/api/v1/wallets/No%20Label",
            Value::Null,
            422,
            "path_malformed",
        ),
        (
            "get",
            "/api/v1/wallets/treasury/balances?chain=x",
            Value::Null,
            422,
            "chain_malformed",
        ),
        (
            "get",
            "/api/v1/wallets/nobodys/balances",
            Value::Null,
            404,
            "not_found",
        ),
        (
            "get",
            "/api/v1/wallets/treasury/budget?asset=gold",
            Value::Null,
            422,
            "address_malformed",
        ),
        (
            "get",
            "/api/v1/wallets/nobodys/budget",
            Value::Null,
            404,
            "not_found",
        ),
        (
            "post",
            "/api/v1/wallets/treasury/freeze",
            json!({}),
            422,
            "body_invalid",
        ),
        (
            "post",
            "/api/v1/wallets/treasury/freeze",
            json!({ "reason": " " }),
            422,
            "reason_empty",
        ),
        (
            "post",
            "/api/v1/wallets/nobodys/freeze",
            json!({ "reason": "x" }),
            404,
            "not_found",
        ),
        (
            "post",
            "/api/v1/wallets/nobodys/thaw",
            Value::Null,
            404,
            "not_found",
        ),
        (
            "post",
            "/api/v1/wallets/treasury/faucet",
            json!({}),
            422,
            "body_invalid",
        ),
        (
            "post",
            "/api/v1/wallets/treasury/faucet",
            json!({ "chain": "x" }),
            422,
            "chain_malformed",
        ),
        (
            "post",
            "/api/v1/wallets/treasury/faucet",
            json!({ "chain": CHAIN, "amount": "101" }),
            422,
            "amount_out_of_range",
        ),
        (
            "post",
            "/api/v1/wallets/treasury/faucet",
            json!({ "chain": CHAIN, "amount": "0" }),
            422,
            "amount_out_of_range",
        ),
        (
            "post",
            "/api/v1/wallets/treasury/faucet",
            json!({ "chain": CHAIN, "amount": "-1" }),
            422,
            "amount_malformed",
        ),
        ("put", "/api/v1/policies", json!({}), 422, "policy_invalid"),
        ("put", "/api/v1/policies", json!([]), 422, "policy_invalid"),
        (
            "put",
            "/api/v1/policies?dry_run=maybe",
            json!({}),
            422,
            "query_invalid",
        ),
        (
            "get",
            "/api/v1/policies/nothing",
            Value::Null,
            404,
            "not_found",
        ),
        (
            "get",
            "/api/v1/policies/No",
            Value::Null,
            422,
            "path_malformed",
        ),
        (
            "delete",
            "/api/v1/policies/nothing",
            Value::Null,
            404,
            "not_found",
        ),
        ("post", test, json!({}), 422, "body_invalid"),
        (
            "post",
            test,
            test_of(|it| it["request"]["wallet"] = json!("nobodys")),
            404,
            "not_found",
        ),
        (
            "post",
            test,
            test_of(|it| it["request"]["wallet"] = json!("A B")),
            422,
            "wallet_malformed",
        ),
        (
            "post",
            test,
            test_of(|it| it["request"]["to"] = json!("0x1")),
            422,
            "address_malformed",
        ),
        (
            "post",
            test,
            test_of(move |it| it["request"]["to"] = json!(lower)),
            422,
            "address_checksum",
        ),
        (
            "post",
            test,
            test_of(|it| it["request"]["amount"] = json!("1e3")),
            422,
            "amount_malformed",
        ),
        (
            "post",
            test,
            test_of(|it| it["request"]["amount"] = json!("0")),
            422,
            "amount_zero",
        ),
        (
            "post",
            test,
            test_of(|it| it["request"]["agent"] = json!("A")),
            422,
            "agent_malformed",
        ),
        (
            "post",
            test,
            test_of(|it| it["draft"] = json!({ "kind": "Policy" })),
            422,
            "body_invalid",
        ),
        (
            "get",
            "/api/v1/approvals?waiting_only=perhaps",
            Value::Null,
            422,
            "query_invalid",
        ),
        (
            "get",
            "/api/v1/approvals/apr_1",
            Value::Null,
            422,
            "path_malformed",
        ),
        (
            "get",
            "/api/v1/approvals/apr_01HZX3J9QK8B3V6T2N4M5P7R9S",
            Value::Null,
            404,
            "not_found",
        ),
        (
            "post",
            "/api/v1/approvals/apr_1/approve",
            json!({}),
            422,
            "path_malformed",
        ),
        (
            "post",
            "/api/v1/approvals/apr_01HZX3J9QK8B3V6T2N4M5P7R9S/approve",
            json!({ "code": 1 }),
            422,
            "body_invalid",
        ),
        (
            "post",
            "/api/v1/approvals/apr_01HZX3J9QK8B3V6T2N4M5P7R9S/approve",
            json!({}),
            404,
            "not_found",
        ),
        (
            "post",
            "/api/v1/approvals/apr_01HZX3J9QK8B3V6T2N4M5P7R9S/reject",
            json!({ "why": "" }),
            422,
            "body_invalid",
        ),
        (
            "post",
            "/api/v1/approvals/apr_01HZX3J9QK8B3V6T2N4M5P7R9S/reject",
            Value::Null,
            404,
            "not_found",
        ),
        (
            "get",
            "/api/v1/transactions?state=lost",
            Value::Null,
            422,
            "state_unknown",
        ),
        (
            "get",
            "/api/v1/transactions?wallet=nobodys",
            Value::Null,
            404,
            "not_found",
        ),
        (
            "get",
            "/api/v1/transactions?wallet=A%20B",
            Value::Null,
            422,
            "wallet_malformed",
        ),
        (
            "get",
            "/api/v1/transactions/0x1234",
            Value::Null,
            422,
            "path_malformed",
        ),
        (
            "get",
            "/api/v1/transactions/txn_01HZX3J9QK8B3V6T2N4M5P7R9S",
            Value::Null,
            404,
            "not_found",
        ),
        (
            "post",
            "/api/v1/transactions/txn_01HZX3J9QK8B3V6T2N4M5P7R9S/cancel",
            Value::Null,
            404,
            "not_found",
        ),
        (
            "get",
            "/api/v1/events?denied_only=7",
            Value::Null,
            422,
            "query_invalid",
        ),
        (
            "get",
            "/api/v1/events?wallet=nobodys",
            Value::Null,
            404,
            "not_found",
        ),
        (
            "get",
            "/api/v1/audit?after=-1",
            Value::Null,
            422,
            "query_invalid",
        ),
        (
            "post",
            "/api/v1/keys",
            json!({ "name": "k", "role": "root" }),
            422,
            "body_invalid",
        ),
        (
            "post",
            "/api/v1/keys",
            json!({ "name": "K", "role": "agent" }),
            422,
            "body_invalid",
        ),
        (
            "post",
            "/api/v1/keys",
            json!({ "name": "k", "role": "agent", "scopes": ["all"] }),
            422,
            "body_invalid",
        ),
        (
            "post",
            "/api/v1/keys",
            json!({ "name": "k", "role": "agent", "expires_in_days": 0 }),
            422,
            "expiry_out_of_range",
        ),
        (
            "post",
            "/api/v1/keys",
            json!({ "name": "trader", "role": "agent" }),
            409,
            "key_name_taken",
        ),
        (
            "delete",
            "/api/v1/keys/key_1",
            Value::Null,
            422,
            "path_malformed",
        ),
        (
            "delete",
            "/api/v1/keys/key_01HZX3J9QK8B3V6T2N4M5P7R9S",
            Value::Null,
            404,
            "not_found",
        ),
    ]
}

#[tokio::test]
async fn every_bad_input_has_its_code_and_changes_nothing() {
    let house = House::new().await;
    let state = async || {
        let mut all = Vec::new();
        for path in [
            "/api/v1/wallets",
            "/api/v1/policies",
            "/api/v1/keys",
            "/api/v1/transactions",
        ] {
            all.push(
                Ask::new("get", path)
                    .key(&house.owner)
                    .send(&house)
                    .await
                    .text,
            );
        }
        all
    };
    let before = state().await;
    for (method, path, body, status, code) in cases() {
        let ask = Ask::new(method, path).key(&house.owner);
        let ask = if body.is_null() { ask } else { ask.json(&body) };
        let answer = ask.send(&house).await;
        let got = (answer.status.as_u16(), answer.problem());
        assert_eq!(
            got,
            (status, code.to_owned()),
            "{method} {path} {body}: {}",
            answer.text
        );
    }
    assert_eq!(state().await, before);
}

#[tokio::test]
async fn bodies_that_are_no_json_or_yaml_are_told_so() {
    let house = House::new().await;
    for body in ["{", "nonsense", "{\"label\":\"x\"}}", "\u{0}"] {
        let answer = Ask::new("post", "/api/v1/wallets")
            .key(&house.owner)
            .body(body);
        assert_eq!(
            answer.send(&house).await.problem(),
            "body_invalid",
            "{body}"
        );
    }
    let put = |kind: &str, body: Vec<u8>| {
        let ask = Ask::new("put", "/api/v1/policies").key(&house.owner);
        ask.with("content-type", kind).body(body).send(&house)
    };
    assert_eq!(
        put("application/yaml", b"kind: [".to_vec()).await.problem(),
        "policy_invalid"
    );
    assert_eq!(
        put("application/json", GUARD.into()).await.problem(),
        "policy_invalid"
    );
    assert_eq!(
        put("application/yaml", vec![0xff, 0xfe]).await.problem(),
        "body_invalid"
    );
    let unenforced = GUARD.replace("duplicateWindow", "mode: monitor\n  duplicateWindow");
    let answer = put("application/yaml", unenforced.into()).await;
    assert_eq!(answer.problem(), "policy_invalid");
    assert!(
        answer.json()["detail"]
            .as_str()
            .unwrap()
            .contains("spec.mode"),
        "{answer:?}"
    );
    assert_eq!(
        put("application/yaml", GUARD.into()).await.json()["outcome"],
        "unchanged"
    );
}
