//! While the control plane is away, reads go on, and nothing else.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use vaultpilot_core::{Tool, WalletId};
use vaultpilot_ports::control_plane::{BudgetLine, BudgetView, PolicyView, WalletView};
use vaultpilot_proto::wire::{Admission, Seen, Snapshot};

use super::pod::Pod;
use crate::house::{TENANT, WALLET};
use crate::server::ControlPlane;

const ID: &str = "wal_01KDZV0000000000000000000A";

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        sleep(Duration::from_millis(20)).await;
    }
}

/// A pod that has served its agent once and knows what that agent may read.
async fn prepared(server: &ControlPlane, more: &str) -> Pod {
    let pod = Pod::start(server, more).await;
    pod.call("list_wallets", json!({})).await;
    let known = server.desk.contexts.lock().unwrap().clone();
    let (context, caller) = known.into_iter().next().unwrap();
    let wallet: WalletId = ID.parse().unwrap();
    let view = |label: &str, state: &str| WalletView {
        id: ID.to_owned(),
        label: label.to_owned(),
        address: WALLET.to_owned(),
        chains: vec!["eip155:1".to_owned()],
        state: state.to_owned(),
        state_reason: None,
        created_at: "2026-01-01T00:00:00Z".to_owned(),
    };
    let line = |chain: &str| BudgetLine {
        policy: "guard".to_owned(),
        rule: "assets[0].perTx".to_owned(),
        chain: chain.to_owned(),
        asset: "native".to_owned(),
        kind: "per_transaction".to_owned(),
        scope: "wallet".to_owned(),
        window_s: None,
        limit: "1".to_owned(),
        used: None,
        remaining: None,
        resets_at: None,
    };
    let seen = Seen {
        context: context.clone(),
        caller,
        tools: vec![
            Tool::GetCapabilities,
            Tool::ListWallets,
            Tool::GetWallet,
            Tool::GetBudget,
            Tool::GetPolicy,
            Tool::GetBalances,
            Tool::Transfer,
        ],
        wallets: vec![view("treasury", "frozen")],
        policies: vec![PolicyView {
            wallet: "treasury".to_owned(),
            policy_version: "remembered".to_owned(),
            policies: vec![],
            tools: vec![],
        }],
        budgets: vec![BudgetView {
            wallet: "treasury".to_owned(),
            policy_version: "remembered".to_owned(),
            lines: vec![line("eip155:1"), line("eip155:10")],
        }],
        complete: true,
        admissions: vec![
            Admission {
                wallet: None,
                // A tool that pays is none of these, whatever a snapshot says.
                tools: vec![Tool::GetCapabilities, Tool::ListWallets, Tool::Transfer],
            },
            Admission {
                wallet: Some(wallet),
                tools: vec![Tool::GetWallet, Tool::GetBudget, Tool::GetPolicy],
            },
        ],
    };
    let known = server.desk.snapshot.borrow().1.clone();
    let next = Snapshot {
        callers: vec![seen],
        ..known
    };
    let named = ("second".to_owned(), next);
    server.desk.snapshot.send_replace(named);
    until("the snapshot covers the caller", || {
        let watched = server.desk.watched.lock().unwrap();
        let last = watched.last();
        last.is_some_and(|(contexts, _)| contexts.contains(&context))
    })
    .await;
    // What was said on the stream before this answer has arrived with it.
    pod.call("list_wallets", json!({})).await;
    pod
}

fn as_of(result: &Value) -> &str {
    let told = result["_meta"]["vaultpilot.io/as_of"].as_str();
    told.unwrap_or_else(|| panic!("not from memory: {result}"))
}

fn code(result: &Value) -> &str {
    assert_eq!(result["isError"], true, "{result}");
    let error = &result["structuredContent"]["error"];
    error["code"].as_str().unwrap()
}

#[tokio::test]
async fn reads_go_on_and_say_so_and_are_owed_to_the_audit_log() {
    let mut server = ControlPlane::start().await;
    let pod = prepared(&server, "").await;
    server.go_away().await;

    let wallets = pod.call("list_wallets", json!({})).await;
    assert_eq!(as_of(&wallets), "2026-01-01T00:00:00Z");
    let items = &wallets["structuredContent"]["items"];
    assert_eq!(items[0]["state"], "frozen", "of the snapshot: {wallets}");
    let last = wallets["content"].as_array().unwrap().last().unwrap();
    let told = last["text"].as_str().unwrap();
    assert!(told.starts_with("as of 2026-01-01T00:00:00Z"), "{told}");

    let one = pod.call("get_wallet", json!({ "wallet": ID })).await;
    assert_eq!(one["structuredContent"]["label"], "treasury");
    as_of(&one);
    let asked = json!({ "wallet": "treasury", "chain": "eip155:10" });
    let budget = pod.call("get_budget", asked).await;
    let lines = budget["structuredContent"]["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 1, "{budget}");
    as_of(&budget);
    let policy = pod
        .call("get_policy", json!({ "wallet": "treasury" }))
        .await;
    assert_eq!(policy["structuredContent"]["policy_version"], "remembered");
    let capabilities = pod.call("get_capabilities", json!({})).await;
    as_of(&capabilities);
    let shown = pod.rpc("tools/list", json!({})).await;
    let shown: Value = shown.json().await.unwrap();
    as_of(&shown["result"]);
    assert_eq!(shown["result"]["tools"].as_array().unwrap().len(), 7);

    // Shown, but not known to be let in about this wallet.
    let asked = json!({ "wallet": "treasury", "chain": "eip155:1" });
    let refused = pod.call("get_balances", asked).await;
    assert_eq!(code(&refused), "control_plane_unavailable");
    // Not remembered at all.
    let asked = json!({ "wallet": "savings" });
    let unknown = pod.call("get_wallet", asked).await;
    assert_eq!(code(&unknown), "control_plane_unavailable");
    assert_eq!(pod.probe("/readyz").await.0, 200);

    server.come_back().await;
    until("what is owed is delivered", || {
        server.desk.reads.lock().unwrap().len() == 6
    })
    .await;
    let reads = server.desk.reads.lock().unwrap().clone();
    let told: Vec<_> = reads
        .iter()
        .map(|read| (read.tool, read.wallet.is_some(), read.refused.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (Tool::ListWallets, false, ""),
            (Tool::GetWallet, true, ""),
            (Tool::GetBudget, true, ""),
            (Tool::GetPolicy, true, ""),
            (Tool::GetCapabilities, false, ""),
            (Tool::GetBalances, true, "tool_not_allowed"),
        ]
    );
    assert!(reads.iter().all(|read| read.context == b"context 0"));
    until_fresh(&pod).await;
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let (_, metrics) = pod.probe("/metrics").await;
        if metrics.contains("vaultpilot_runtime_reads_owed 0") {
            return;
        }
        assert!(Instant::now() < end, "{metrics}");
        sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until answers are of now again.
async fn until_fresh(pod: &Pod) {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let wallets = pod.call("list_wallets", json!({})).await;
        if wallets["_meta"].is_null() && wallets["isError"] == false {
            return;
        }
        assert!(Instant::now() < end, "{wallets}");
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn whatever_moves_or_judges_value_waits_for_the_control_plane() {
    let mut server = ControlPlane::start().await;
    let pod = prepared(&server, "").await;
    server.go_away().await;
    let chain = vaultpilot_testkit::fixture::CHAIN.to_string();
    let payment = json!({
        "wallet": "treasury", "chain": chain, "to": WALLET, "asset": "native", "amount": "1",
        "request_id": "request-0000000000000001",
    });
    let mut wish = payment.clone();
    wish.as_object_mut().unwrap().remove("request_id");
    for (tool, arguments) in [
        ("transfer", payment),
        ("check_policy", wish.clone()),
        ("simulate_transfer", wish),
        (
            "freeze_wallet",
            json!({ "wallet": "treasury", "reason": "lost" }),
        ),
        ("create_wallet", json!({ "label": "savings" })),
        (
            "cancel_request",
            json!({ "request_id": "request-0000000000000001" }),
        ),
        ("list_transactions", json!({})),
        ("list_events", json!({})),
    ] {
        let result = pod.call(tool, arguments).await;
        assert_eq!(code(&result), "control_plane_unavailable", "{tool}");
        let error = &result["structuredContent"]["error"];
        assert_eq!(error["retryable"], true, "{tool}");
        assert!(error["retry_after_s"].as_u64().unwrap() >= 1, "{tool}");
    }
    server.come_back().await;
    assert_eq!(server.desk.count("Transfer"), 0);
}

#[tokio::test]
async fn nobody_new_is_let_in() {
    let mut server = ControlPlane::start().await;
    let pod = prepared(&server, "").await;
    server.go_away().await;
    let message = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": {} });
    let path = format!("/t/{TENANT}/mcp");
    let stranger = pod.post(&path, "vp_test_somebody_else", &message).await;
    assert_eq!(stranger.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(stranger.headers().contains_key("retry-after"));
    let elsewhere = pod.post("/t/acme/mcp", "vp_test_somebody_else", &message);
    assert_eq!(elsewhere.await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn with_as_many_reads_owed_as_may_be_nothing_more_is_answered() {
    let mut server = ControlPlane::start().await;
    let pod = prepared(&server, "snapshot: { max_queued_reads: 2 }").await;
    server.go_away().await;
    as_of(&pod.call("list_wallets", json!({})).await);
    as_of(&pod.call("list_wallets", json!({})).await);
    let third = pod.call("list_wallets", json!({})).await;
    assert_eq!(code(&third), "control_plane_unavailable");
    let told = third["structuredContent"]["error"]["message"].as_str();
    assert!(told.unwrap().contains("audit log"), "{third}");
    server.come_back().await;
    until("what is owed is delivered", || {
        server.desk.reads.lock().unwrap().len() == 2
    })
    .await;
    until_fresh(&pod).await;
}

#[tokio::test]
async fn what_is_known_is_told_no_longer_than_configured() {
    let mut server = ControlPlane::start().await;
    let pod = prepared(&server, "snapshot: { max_age: 0s }").await;
    server.go_away().await;
    let wallets = pod.call("list_wallets", json!({})).await;
    assert_eq!(code(&wallets), "control_plane_unavailable");
}

#[tokio::test]
async fn a_tenant_that_is_not_active_is_not_served_from_memory() {
    let mut server = ControlPlane::start().await;
    let pod = prepared(&server, "").await;
    let mut frozen = server.desk.snapshot.borrow().1.clone();
    frozen.tenant_state = "frozen".to_owned();
    server
        .desk
        .snapshot
        .send_replace(("third".to_owned(), frozen));
    pod.call("list_wallets", json!({})).await;
    server.go_away().await;
    let list = pod.rpc("tools/list", json!({})).await;
    let list: Value = list.json().await.unwrap();
    let code = &list["error"]["data"]["code"];
    assert_eq!(code, "control_plane_unavailable", "{list}");
}
