//! Every tool, with everything it takes: what it asks of the house, and what it answers.

use serde_json::{Value, json};
use vaultpilot_core::{Scope, Tool};
use vaultpilot_policy::ReasonCode;
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::PaymentStatus;
use vaultpilot_testkit::fixture;

use crate::house::WALLET;
use crate::wire::Endpoint;

const CHAIN: &str = "eip155:31337";
const TOKEN: &str = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const TXN: &str = "txn_01KDZV0000000000000000000B";
const APR: &str = "apr_01KDZV0000000000000000000C";
const REQUEST: &str = "request-0000000000000001";

/// Arguments that use every parameter, the question they become, and a part of it.
fn whole(tool: Tool) -> (Value, &'static str, &'static str) {
    let wish = json!({
        "wallet": "treasury", "chain": CHAIN, "to": WALLET, "asset": TOKEN, "amount": "1.5",
    });
    match tool {
        Tool::GetCapabilities => (json!({}), "admit", "GetCapabilities"),
        Tool::ListWallets => (
            json!({ "cursor": "c", "limit": 5 }),
            "wallet_list",
            "Some(5)",
        ),
        Tool::GetWallet => (json!({ "wallet": "treasury" }), "wallet_fetch", "Label"),
        Tool::GetBalances => (
            json!({ "wallet": "treasury", "chain": CHAIN, "assets": ["native", TOKEN] }),
            "admit",
            "GetBalances",
        ),
        Tool::GetBudget => (
            json!({ "wallet": "treasury", "chain": CHAIN, "asset": "native" }),
            "budget",
            "Some(Native)",
        ),
        Tool::GetPolicy => (json!({ "wallet": "treasury" }), "policy", "treasury"),
        Tool::CheckPolicy => (wish, "check", "request_id: None"),
        Tool::GetGas => (json!({ "chain": CHAIN }), "admit", "GetGas"),
        Tool::ProviderStatus => (json!({ "chain": CHAIN }), "admit", "ProviderStatus"),
        Tool::InspectToken => (
            json!({ "chain": CHAIN, "address": TOKEN }),
            "admit",
            "InspectToken",
        ),
        Tool::GetTransaction => (json!({ "id": TXN }), "transaction", "Id("),
        Tool::ListTransactions => (
            json!({ "wallet": "treasury", "state": "final", "cursor": "c", "limit": 100 }),
            "transaction_list",
            "Some(\"final\")",
        ),
        Tool::WaitForTransaction => (
            json!({ "id": format!("0x{}", "ab".repeat(32)), "confirmations": 3, "timeout_s": 5 }),
            "transaction_wait",
            "Some(3), 5",
        ),
        Tool::SimulateTransfer => (wish, "simulate", "amount: \"1.5\""),
        Tool::ListApprovals => (
            json!({ "waiting_only": true, "cursor": "c", "limit": 1 }),
            "approval_list",
            "waiting_only: true",
        ),
        Tool::GetApproval => (json!({ "id": APR }), "approval", "ApprovalId"),
        Tool::ListEvents => (
            json!({ "wallet": "treasury", "denied_only": true, "cursor": "c", "limit": 1 }),
            "event_list",
            "denied_only: true",
        ),
        Tool::CreateWallet => (
            json!({ "label": "treasury", "chains": [CHAIN] }),
            "wallet_create",
            "ChainId(31337)",
        ),
        Tool::FreezeWallet => (
            json!({ "wallet": "treasury", "reason": "odd payments" }),
            "wallet_freeze",
            "odd payments",
        ),
        Tool::CancelRequest => (json!({ "request_id": REQUEST }), "cancel", REQUEST),
        Tool::RequestFaucetFunds => (
            json!({ "wallet": "treasury", "chain": CHAIN, "amount": "0.5" }),
            "faucet",
            "500000000000000000",
        ),
        Tool::Transfer => {
            let mut payment = wish;
            payment["request_id"] = json!(REQUEST);
            payment["dry_run"] = json!(true);
            payment["memo"] = json!("coffee");
            payment["confirm_duplicate_of"] = json!(TXN);
            (payment, "transfer", "dry_run: true, memo: Some(\"coffee\")")
        }
    }
}

#[tokio::test]
async fn every_tool_asks_the_house_and_answers_in_words_and_in_structure() {
    let endpoint = Endpoint::new().await;
    endpoint.chain.deploy(TOKEN.parse().unwrap(), 6, "USDX");
    for &tool in Tool::ALL {
        let (arguments, method, part) = whole(tool);
        let result = endpoint.call(tool.name(), arguments).await;
        assert_eq!(result["isError"], false, "{tool}: {result}");
        let (asked, what) = endpoint.house.last();
        assert_eq!(asked, method, "{tool}");
        assert!(what.contains(part), "{tool}: {what}");
        let sentence = result["content"][0]["text"].as_str().unwrap();
        assert!(
            sentence.contains(' ') && !sentence.contains('{'),
            "{tool}: {sentence}"
        );
        let text: Value =
            serde_json::from_str(result["content"][1]["text"].as_str().unwrap()).unwrap();
        assert_eq!(text, result["structuredContent"], "{tool}");
        assert!(
            text.as_object().is_some_and(|fields| !fields.is_empty()),
            "{tool}"
        );
    }
}

#[tokio::test]
async fn every_parameter_of_every_schema_is_taken() {
    // `whole` uses everything there is, so that the test above cannot miss a parameter.
    for listed in vaultpilot_tenant_runtime::tool_list()["tools"]
        .as_array()
        .unwrap()
    {
        let tool: Tool = listed["name"].as_str().unwrap().parse().unwrap();
        let (arguments, ..) = whole(tool);
        let known: Vec<_> = listed["inputSchema"]["properties"]
            .as_object()
            .unwrap()
            .keys()
            .collect();
        let given: Vec<_> = arguments.as_object().unwrap().keys().collect();
        let (mut known, mut given) = (known, given);
        known.sort();
        given.sort();
        assert_eq!(known, given, "{tool}");
    }
}

#[tokio::test]
async fn a_payment_that_was_denied_is_an_error_of_the_same_shape() {
    let endpoint = Endpoint::new().await;
    let (payment, ..) = whole(Tool::Transfer);
    let (wish, ..) = whole(Tool::CheckPolicy);
    for (status, is_error) in [
        (PaymentStatus::Executed, false),
        (PaymentStatus::Submitted, false),
        (PaymentStatus::PendingApproval, false),
        (PaymentStatus::Simulated, false),
        (PaymentStatus::Ambiguous, false),
        (PaymentStatus::Denied, true),
        (PaymentStatus::Failed, true),
    ] {
        *endpoint.house.status.lock().unwrap() = status;
        let result = endpoint.call("transfer", payment.clone()).await;
        assert_eq!(result["isError"], is_error, "{result}");
        let content = &result["structuredContent"];
        assert_eq!(content["status"], status.as_str());
        assert_eq!(content["request_id"], REQUEST);
        assert!(content["decision"]["outcome"].is_string(), "{content}");
        // A "no" is a good answer to a question.
        for question in ["check_policy", "simulate_transfer"] {
            let result = endpoint.call(question, wish.clone()).await;
            assert_eq!(result["isError"], false, "{question}: {result}");
        }
    }
}

#[tokio::test]
async fn every_fault_becomes_one_structured_error() {
    let endpoint = Endpoint::new().await;
    let denied = Fault::Denied {
        decision: Box::new(fixture::denied(ReasonCode::ToolNotAllowed)),
    };
    let scope = Fault::InsufficientScope {
        scope: Scope::WalletRead,
    };
    let internal = Fault::Internal {
        reference: "x.y".to_owned(),
    };
    let cases = [
        (Fault::Unauthenticated, "unauthenticated", "denied", false),
        (scope, "insufficient_scope", "denied", false),
        (Fault::Forbidden, "forbidden", "denied", false),
        (denied, "tool_not_allowed", "denied", false),
        (
            Fault::not_found("wallet", "treasury"),
            "not_found",
            "failed",
            false,
        ),
        (
            Fault::invalid("amount_zero", "amount", "amount is zero"),
            "amount_zero",
            "failed",
            false,
        ),
        (
            Fault::conflict("request_conflict", "used before"),
            "request_conflict",
            "failed",
            false,
        ),
        (
            Fault::unavailable("store_unavailable", "try again"),
            "store_unavailable",
            "failed",
            true,
        ),
        (internal, "internal", "failed", false),
    ];
    for (fault, code, status, retryable) in cases {
        *endpoint.house.fault.lock().unwrap() = Some(fault.clone());
        let result = endpoint
            .call("get_wallet", json!({ "wallet": "treasury" }))
            .await;
        assert_eq!(result["isError"], true, "{code}");
        let content = &result["structuredContent"];
        let error = &content["error"];
        assert_eq!(content["status"], status, "{content}");
        assert_eq!(error["code"], code, "{content}");
        assert_eq!(error["retryable"], retryable, "{content}");
        assert_eq!(error["retry_after_s"].is_u64(), retryable, "{content}");
        let field = matches!(fault, Fault::Invalid { .. });
        assert_eq!(error["field"].is_string(), field, "{content}");
        let decision = matches!(fault, Fault::Denied { .. });
        assert_eq!(content["decision"].is_object(), decision, "{content}");
        let sentence = error["message"].as_str().unwrap();
        assert_eq!(result["content"][0]["text"], sentence);
        assert!(!sentence.is_empty());
    }
}

#[tokio::test]
async fn a_tool_that_panics_still_answers() {
    let endpoint = Endpoint::new().await;
    let (mut payment, ..) = whole(Tool::Transfer);
    payment["memo"] = json!("panic");
    let result = endpoint.call("transfer", payment).await;
    assert_eq!(
        result["structuredContent"]["error"]["code"], "internal",
        "{result}"
    );
    assert!(
        !result.to_string().contains("as the test asked"),
        "{result}"
    );
    endpoint.call("get_capabilities", json!({})).await;
}

#[tokio::test]
async fn capabilities_tell_who_is_asking_and_how_to_ask() {
    let endpoint = Endpoint::new().await;
    *endpoint.house.tools.lock().unwrap() = vec![Tool::GetCapabilities, Tool::Transfer];
    let result = endpoint.call("get_capabilities", json!({})).await;
    let told = &result["structuredContent"];
    assert_eq!(told["version"], "1.2.3");
    assert_eq!(told["tenant"], "default");
    assert_eq!(told["caller"]["name"], "bot");
    assert_eq!(told["caller"]["kind"], "agent");
    assert_eq!(told["caller"]["scopes"][0], "wallet:read");
    assert_eq!(told["chains"][0]["id"], CHAIN);
    assert_eq!(told["tools"], json!(["get_capabilities", "transfer"]));
    assert!(told["conventions"]["request_id"].is_string());
    assert_eq!(told["limits"]["wait_s"], 20);
}
