//! What metrics and the live stream hear, and what happens when a client hangs up.

use std::time::Duration;

use serde_json::json;
use vaultpilot_policy::ReasonCode;
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::PaymentStatus;
use vaultpilot_testkit::fixture;

use crate::house::{KEY, WALLET};
use crate::wire::{Endpoint, Heard};

fn payment() -> serde_json::Value {
    json!({
        "wallet": "treasury", "chain": "eip155:31337", "to": WALLET, "asset": "native",
        "amount": "0.5", "request_id": "request-0000000000000001",
    })
}

#[tokio::test]
async fn every_call_is_heard_once_with_its_outcome() {
    let endpoint = Endpoint::new().await;
    let denied = Fault::Denied {
        decision: Box::new(fixture::denied(ReasonCode::RateLimited)),
    };
    let outcomes = [
        (PaymentStatus::Submitted, None, "allow"),
        (PaymentStatus::PendingApproval, None, "needs_approval"),
        (PaymentStatus::Denied, None, "deny"),
        (PaymentStatus::Failed, None, "failed"),
        (PaymentStatus::Submitted, Some(denied), "deny"),
        (
            PaymentStatus::Submitted,
            Some(Fault::conflict("request_conflict", "used before")),
            "request_conflict",
        ),
    ];
    for (status, fault, outcome) in outcomes {
        *endpoint.house.status.lock().unwrap() = status;
        *endpoint.house.fault.lock().unwrap() = fault;
        endpoint.call("transfer", payment()).await;
        let heard = std::mem::take(&mut *endpoint.heard.lock().unwrap());
        let [only] = heard.as_slice() else {
            panic!("{heard:?}")
        };
        let expected = Heard {
            tenant: "default".to_owned(),
            agent: "bot".to_owned(),
            tool: "transfer".to_owned(),
            wallet: Some("treasury".to_owned()),
            outcome: outcome.to_owned(),
            detail: only.detail.clone(),
        };
        assert_eq!(*only, expected);
        assert!(!only.detail.is_empty());
    }
}

#[tokio::test]
async fn bad_input_is_heard_and_a_wallet_that_could_not_exist_is_not_repeated() {
    let endpoint = Endpoint::new().await;
    endpoint
        .call("get_wallet", json!({ "wallet": "\u{1b}[2J" }))
        .await;
    endpoint
        .call("create_wallet", json!({ "label": "new-one", "x": 1 }))
        .await;
    let heard = endpoint.heard.lock().unwrap().clone();
    assert_eq!(heard[0].wallet, None);
    assert_eq!(heard[0].outcome, "wallet_malformed");
    assert_eq!(heard[1].wallet.as_deref(), Some("new-one"));
    assert_eq!(heard[1].outcome, "invalid_params");
    let unknown = json!({ "name": "steal_everything", "arguments": {} });
    endpoint.rpc("tools/call", unknown).await;
    assert_eq!(
        endpoint.heard.lock().unwrap().len(),
        2,
        "no tool was called"
    );
}

#[tokio::test]
async fn a_client_that_hangs_up_does_not_abort_its_payment() {
    let endpoint = Endpoint::new().await;
    *endpoint.house.slow.lock().unwrap() = true;
    let params = json!({ "name": "transfer", "arguments": payment() });
    let message = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params });
    let request = endpoint
        .stranger()
        .bearer_auth(KEY)
        .body(message.to_string())
        .send();
    {
        let mut request = std::pin::pin!(request);
        tokio::select! {
            answer = &mut request => panic!("answered too early: {answer:?}"),
            () = endpoint.house.begun.notified() => {}
        }
    }
    // The request is dropped and its connection closed; the payment is in the middle of it.
    endpoint.house.go_on.notify_one();
    tokio::time::timeout(Duration::from_secs(5), endpoint.house.done.notified())
        .await
        .expect("the payment goes on to its end");
    for _ in 0..500 {
        if !endpoint.heard.lock().unwrap().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let heard = endpoint.heard.lock().unwrap().clone();
    assert_eq!(heard.len(), 1, "it is heard all the same");
    assert_eq!(heard[0].outcome, "allow");
}
