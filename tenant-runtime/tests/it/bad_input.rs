//! Arguments nobody should send: each is told apart, and none reaches the house.

use serde_json::{Value, json};

use crate::house::WALLET;
use crate::wire::Endpoint;

fn payment() -> Value {
    json!({
        "wallet": "treasury", "chain": "eip155:31337", "to": WALLET, "asset": "native",
        "amount": "0.5", "request_id": "request-0000000000000001",
    })
}

fn with(field: &str, value: impl Into<Value>) -> Value {
    let mut changed = payment();
    changed[field] = value.into();
    changed
}

fn without(field: &str) -> Value {
    let mut less = payment();
    less.as_object_mut().unwrap().remove(field);
    less
}

#[expect(clippy::too_many_lines, reason = "one table")]
fn cases() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    let t = "transfer";
    let zero = "0x0000000000000000000000000000000000000000";
    let broken = WALLET.replace("70997970C", "70997970c");
    let hash = format!("0x{}", "ab".repeat(31));
    vec![
        (t, with("amount", 0.5), "invalid_params", "amount"),
        (t, with("amount", 1), "invalid_params", "amount"),
        (t, with("amount", Value::Null), "invalid_params", "amount"),
        (
            t,
            with("amount", json!({ "value": "1" })),
            "invalid_params",
            "amount",
        ),
        (t, without("amount"), "invalid_params", "amount"),
        (t, without("wallet"), "invalid_params", "wallet"),
        (t, without("request_id"), "invalid_params", "request_id"),
        (t, with("surprise", true), "invalid_params", "surprise"),
        (t, with("dry_run", "yes"), "invalid_params", "dry_run"),
        (t, with("chain", 31337), "invalid_params", "chain"),
        (t, with("chain", "31337"), "chain_malformed", "chain"),
        (
            t,
            with("chain", "solana:mainnet"),
            "chain_malformed",
            "chain",
        ),
        (t, with("chain", "eip155:0x1"), "chain_malformed", "chain"),
        (t, with("chain", "eip155:01"), "chain_malformed", "chain"),
        (t, with("to", broken), "address_checksum", "to"),
        (t, with("to", "bob.eth"), "address_malformed", "to"),
        (t, with("to", &WALLET[..41]), "address_malformed", "to"),
        (t, with("to", zero), "address_zero", "to"),
        (t, with("asset", "ETH"), "address_malformed", "asset"),
        (
            t,
            with("wallet", "NOT A LABEL"),
            "wallet_malformed",
            "wallet",
        ),
        (
            t,
            with("wallet", "x".repeat(64)),
            "wallet_malformed",
            "wallet",
        ),
        (
            t,
            with("request_id", "short"),
            "request_id_malformed",
            "request_id",
        ),
        (
            t,
            with("request_id", "x".repeat(65)),
            "request_id_malformed",
            "request_id",
        ),
        (
            t,
            with("request_id", "white space inside"),
            "request_id_malformed",
            "request_id",
        ),
        (t, with("memo", "x".repeat(201)), "text_too_long", "memo"),
        (
            t,
            with("memo", "\u{1b}[2J"),
            "text_has_control_characters",
            "memo",
        ),
        (
            t,
            with("confirm_duplicate_of", "txn_1"),
            "transaction_malformed",
            "confirm_duplicate_of",
        ),
        ("check_policy", payment(), "invalid_params", "request_id"),
        ("get_wallet", json!({}), "invalid_params", "wallet"),
        (
            "get_capabilities",
            json!({ "verbose": true }),
            "invalid_params",
            "verbose",
        ),
        (
            "create_wallet",
            json!({ "label": "x".repeat(64) }),
            "label_malformed",
            "label",
        ),
        (
            "create_wallet",
            json!({ "label": "Treasury" }),
            "label_malformed",
            "label",
        ),
        (
            "create_wallet",
            json!({ "label": "a", "chains": ["1"] }),
            "chain_malformed",
            "chains",
        ),
        (
            "create_wallet",
            json!({ "label": "a", "chains": "eip155:1" }),
            "invalid_params",
            "chains",
        ),
        (
            "list_wallets",
            json!({ "limit": 0 }),
            "limit_out_of_range",
            "limit",
        ),
        (
            "list_wallets",
            json!({ "limit": 101 }),
            "limit_out_of_range",
            "limit",
        ),
        (
            "list_wallets",
            json!({ "limit": -1 }),
            "invalid_params",
            "limit",
        ),
        (
            "list_wallets",
            json!({ "limit": 1.5 }),
            "invalid_params",
            "limit",
        ),
        (
            "get_transaction",
            json!({ "id": hash }),
            "transaction_malformed",
            "id",
        ),
        (
            "get_approval",
            json!({ "id": "apr_1" }),
            "approval_malformed",
            "id",
        ),
        (
            "wait_for_transaction",
            json!({ "id": format!("0x{}", "ab".repeat(32)), "timeout_s": 21 }),
            "timeout_out_of_range",
            "timeout_s",
        ),
        (
            "request_faucet_funds",
            json!({ "wallet": "treasury", "chain": "eip155:31337", "amount": "0" }),
            "amount_zero",
            "amount",
        ),
        (
            "request_faucet_funds",
            json!({ "wallet": "treasury", "chain": "eip155:31337", "amount": "-1" }),
            "amount_negative",
            "amount",
        ),
        (
            "get_balances",
            json!({ "wallet": "a", "chain": "eip155:1", "assets": vec!["native"; 21] }),
            "too_many_assets",
            "assets",
        ),
        (
            "get_balances",
            json!({ "wallet": "a", "chain": "eip155:1", "assets": ["native", 7] }),
            "invalid_params",
            "assets[1]",
        ),
    ]
}

#[tokio::test]
async fn every_wrong_argument_is_a_tool_error_that_names_the_field() {
    let endpoint = Endpoint::new().await;
    for (tool, arguments, code, field) in cases() {
        let result = endpoint.call(tool, arguments.clone()).await;
        let content = &result["structuredContent"];
        assert_eq!(result["isError"], true, "{tool} {arguments}: {result}");
        assert_eq!(content["status"], "failed", "{tool} {arguments}: {content}");
        assert_eq!(
            content["error"]["code"], code,
            "{tool} {arguments}: {content}"
        );
        assert_eq!(
            content["error"]["field"], field,
            "{tool} {arguments}: {content}"
        );
        assert_eq!(content["error"]["retryable"], false);
        let message = content["error"]["message"].as_str().unwrap();
        assert!(
            (8..=300).contains(&message.len()),
            "{tool} {arguments}: {message}"
        );
    }
    assert_eq!(endpoint.house.count(), 0, "nothing reached the house");
}

#[tokio::test]
async fn the_good_payment_of_the_table_is_good() {
    let endpoint = Endpoint::new().await;
    let result = endpoint.call("transfer", payment()).await;
    assert_eq!(result["isError"], false, "{result}");
    let result = endpoint.call("transfer", with("memo", Value::Null)).await;
    assert_eq!(
        result["isError"], false,
        "an absent field may be null: {result}"
    );
}
