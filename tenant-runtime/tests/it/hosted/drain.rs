//! A pod that ends answers what it was asked, and tells everybody in time.

use reqwest::header::CONNECTION;
use serde_json::{Value, json};

use super::pod::Pod;
use crate::house::WALLET;
use crate::server::ControlPlane;

fn payment() -> Value {
    json!({
        "name": "transfer",
        "arguments": {
            "wallet": "treasury",
            "chain": vaultpilot_testkit::fixture::CHAIN.to_string(),
            "to": WALLET,
            "asset": "native",
            "amount": "1",
            "request_id": "request-0000000000000001",
        },
    })
}

#[tokio::test]
async fn what_is_in_flight_is_answered_after_readiness_went() {
    let server = ControlPlane::start().await;
    let mut pod = Pod::start(&server, "").await;
    *server.desk.house.slow.lock().unwrap() = true;

    let paying = pod.rpc("tools/call", payment());
    let ending = async {
        server.desk.house.begun.notified().await;
        pod.terminate();
        pod.until("/readyz", 503).await;
        assert_eq!(pod.probe("/readyz").await.1, "draining\n");
        assert_eq!(pod.probe("/healthz").await.0, 200);
        // Nobody comes in any more; who is in is waited for.
        while pod.is_open().await {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        server.desk.house.go_on.notify_one();
    };
    let (paid, ()) = tokio::join!(paying, ending);
    assert_eq!(paid.status(), 200);
    assert_eq!(paid.headers()[CONNECTION], "close");
    let paid: Value = paid.json().await.unwrap();
    let status = &paid["result"]["structuredContent"]["status"];
    assert_eq!(status, "submitted", "{paid}");
    assert!(pod.ended().await.success());
    assert_eq!(server.desk.count("Transfer"), 1);
}

#[tokio::test]
async fn a_second_signal_ends_at_once() {
    let server = ControlPlane::start().await;
    let mut pod = Pod::start(&server, "").await;
    *server.desk.house.slow.lock().unwrap() = true;
    let message = json!({
        "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": payment(),
    });
    let paying = pod.request(&message).send();
    let ending = async {
        server.desk.house.begun.notified().await;
        pod.terminate();
        pod.until("/readyz", 503).await;
        pod.terminate();
    };
    let (paid, ()) = tokio::join!(paying, ending);
    assert!(paid.is_err(), "nobody was left to answer");
    assert_eq!(pod.ended().await.code(), Some(1));
}
