//! Bad input: each a problem with its own code, and nothing changed.

use serde_json::Value;
use vaultpilot_testkit::fixture::address;

use crate::client::Ask;
use crate::house::{GUARD, House};

/// Method, path, status, code and, where there is one, a body. `TO` stands for an address.
const CASES: &str = r#"
post /api/v1/wallets 422 body_invalid
post /api/v1/wallets 422 body_invalid {}
post /api/v1/wallets 422 body_invalid { "label": 7 }
post /api/v1/wallets 422 body_invalid { "label": "x", "extra": 1 }
post /api/v1/wallets 422 label_malformed { "label": "Treasury" }
post /api/v1/wallets 422 label_malformed { "label": "" }
post /api/v1/wallets 422 label_malformed { "label": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" }
post /api/v1/wallets 422 chain_malformed { "label": "x", "chains": ["mainnet"] }
post /api/v1/wallets 422 chain_unknown { "label": "x", "chains": ["eip155:5"] }
get /api/v1/wallets?limit=0 422 limit_out_of_range
get /api/v1/wallets?limit=201 422 limit_out_of_range
get /api/v1/wallets?limit=-1 422 query_invalid
get /api/v1/wallets?limit=many 422 query_invalid
get /api/v1/wallets/nobodys 404 not_found
get /api/v1/wallets/No%20Label 422 path_malformed
get /api/v1/wallets/treasury/balances?chain=x 422 chain_malformed
get /api/v1/wallets/nobodys/balances 404 not_found
get /api/v1/wallets/treasury/budget?asset=gold 422 address_malformed
get /api/v1/wallets/nobodys/budget 404 not_found
post /api/v1/wallets/treasury/freeze 422 body_invalid {}
post /api/v1/wallets/treasury/freeze 422 reason_empty { "reason": " " }
post /api/v1/wallets/nobodys/freeze 404 not_found { "reason": "x" }
post /api/v1/wallets/nobodys/thaw 404 not_found
post /api/v1/wallets/treasury/faucet 422 body_invalid {}
post /api/v1/wallets/treasury/faucet 422 chain_malformed { "chain": "x" }
post /api/v1/wallets/treasury/faucet 422 amount_out_of_range { "chain": "eip155:31337", "amount": "101" }
post /api/v1/wallets/treasury/faucet 422 amount_out_of_range { "chain": "eip155:31337", "amount": "0" }
post /api/v1/wallets/treasury/faucet 422 amount_negative { "chain": "eip155:31337", "amount": "-1" }
put /api/v1/policies 422 policy_invalid {}
put /api/v1/policies 422 policy_invalid []
put /api/v1/policies?dry_run=maybe 422 query_invalid {}
get /api/v1/policies/nothing 404 not_found
get /api/v1/policies/No 422 path_malformed
delete /api/v1/policies/nothing 404 not_found
post /api/v1/policies/test 422 body_invalid {}
post /api/v1/policies/test 422 body_invalid { "draft": { "kind": "Policy" }, "request": {} }
post /api/v1/policies/test 404 not_found { "request": { "wallet": "nobodys", "chain": "eip155:31337", "to": "TO", "asset": "native", "amount": "1" } }
post /api/v1/policies/test 422 wallet_malformed { "request": { "wallet": "A B", "chain": "eip155:31337", "to": "TO", "asset": "native", "amount": "1" } }
post /api/v1/policies/test 422 address_malformed { "request": { "wallet": "treasury", "chain": "eip155:31337", "to": "0x1", "asset": "native", "amount": "1" } }
post /api/v1/policies/test 422 address_checksum { "request": { "wallet": "treasury", "chain": "eip155:31337", "to": "0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "asset": "native", "amount": "1" } }
post /api/v1/policies/test 422 amount_not_a_decimal { "request": { "wallet": "treasury", "chain": "eip155:31337", "to": "TO", "asset": "native", "amount": "1e3" } }
post /api/v1/policies/test 422 amount_zero { "request": { "wallet": "treasury", "chain": "eip155:31337", "to": "TO", "asset": "native", "amount": "0" } }
post /api/v1/policies/test 422 chain_unknown { "request": { "wallet": "treasury", "chain": "eip155:5", "to": "TO", "asset": "native", "amount": "1" } }
post /api/v1/policies/test 422 agent_malformed { "request": { "wallet": "treasury", "chain": "eip155:31337", "to": "TO", "asset": "native", "amount": "1", "agent": "A" } }
get /api/v1/approvals?waiting_only=perhaps 422 query_invalid
get /api/v1/approvals/apr_1 422 path_malformed
get /api/v1/approvals/apr_01HZX3J9QK8B3V6T2N4M5P7R9S 404 not_found
post /api/v1/approvals/apr_1/approve 422 path_malformed {}
post /api/v1/approvals/apr_01HZX3J9QK8B3V6T2N4M5P7R9S/approve 422 body_invalid { "code": 1 }
post /api/v1/approvals/apr_01HZX3J9QK8B3V6T2N4M5P7R9S/approve 404 not_found {}
post /api/v1/approvals/apr_01HZX3J9QK8B3V6T2N4M5P7R9S/reject 422 body_invalid { "why": "" }
post /api/v1/approvals/apr_01HZX3J9QK8B3V6T2N4M5P7R9S/reject 404 not_found
get /api/v1/transactions?state=lost 422 state_unknown
get /api/v1/transactions?wallet=nobodys 404 not_found
get /api/v1/transactions?wallet=A%20B 422 wallet_malformed
get /api/v1/transactions/0x1234 422 path_malformed
get /api/v1/transactions/txn_01HZX3J9QK8B3V6T2N4M5P7R9S 404 not_found
post /api/v1/transactions/txn_01HZX3J9QK8B3V6T2N4M5P7R9S/cancel 404 not_found
get /api/v1/events?denied_only=7 422 query_invalid
get /api/v1/events?wallet=nobodys 404 not_found
get /api/v1/audit?after=-1 422 query_invalid
post /api/v1/keys 422 body_invalid { "name": "k", "role": "root" }
post /api/v1/keys 422 body_invalid { "name": "K", "role": "agent" }
post /api/v1/keys 422 body_invalid { "name": "k", "role": "agent", "scopes": ["all"] }
post /api/v1/keys 422 expiry_out_of_range { "name": "k", "role": "agent", "expires_in_days": 0 }
post /api/v1/keys 409 key_name_taken { "name": "trader", "role": "agent" }
delete /api/v1/keys/key_1 422 path_malformed
delete /api/v1/keys/key_01HZX3J9QK8B3V6T2N4M5P7R9S 404 not_found
"#;

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
    let mut wrong = Vec::new();
    for case in CASES.lines().filter(|line| !line.is_empty()) {
        let parts: Vec<_> = case.splitn(5, ' ').collect();
        let ask = Ask::new(parts[0], parts[1]).key(&house.owner);
        let ask = match parts.get(4) {
            Some(body) => {
                let body = body.replace("TO", &address(1).to_checksum(None));
                ask.with("content-type", "application/json").body(body)
            }
            None => ask,
        };
        let answer = ask.send(&house).await;
        let status = answer.status.as_u16().to_string();
        let problem: Value = serde_json::from_str(&answer.text).unwrap_or_default();
        if status != parts[2] || problem["code"] != parts[3] {
            wrong.push(format!("{case}: {}", answer.text));
        } else {
            answer.problem();
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
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
