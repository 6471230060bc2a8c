//! The binary as a process, between an agent and a control plane on real sockets.

mod away;
mod config;
mod drain;
mod pod;
mod strategy;

use reqwest::StatusCode;
use serde_json::json;

use crate::house::KEY;
use crate::server::ControlPlane;
use pod::Pod;

#[tokio::test]
async fn a_pod_serves_its_tenant_and_no_other() {
    let server = ControlPlane::start().await;
    let pod = Pod::start(&server, "").await;
    let wallets = pod.call("list_wallets", json!({})).await;
    assert_eq!(
        wallets["structuredContent"]["items"][0]["label"],
        "treasury"
    );
    assert_eq!(wallets["_meta"]["vaultpilot.io/as_of"], json!(null));
    assert_eq!(server.desk.count("Authenticate"), 1);

    let known = server.desk.called().len();
    for path in ["/t/acme/mcp", "/t/../mcp", "/t/Default/mcp"] {
        let answer = pod.post(path, KEY, &json!({})).await;
        assert!(
            [StatusCode::UNAUTHORIZED, StatusCode::NOT_FOUND].contains(&answer.status()),
            "{path} {}",
            answer.status()
        );
    }
    let stranger = pod.post("/t/acme/mcp", KEY, &json!({})).await;
    let challenge = stranger.headers()["www-authenticate"].to_str().unwrap();
    assert!(challenge.contains("resource_metadata="), "{challenge}");
    let mut called = server.desk.called().split_off(known);
    called.retain(|method| method != "WatchSnapshot");
    assert_eq!(
        called,
        Vec::<String>::new(),
        "nobody is asked about another tenant"
    );
}

#[tokio::test]
async fn probes_and_metrics_have_a_door_of_their_own() {
    let server = ControlPlane::start().await;
    let pod = Pod::start(&server, "").await;
    assert_eq!(pod.probe("/healthz").await, (200, "ok\n".to_owned()));
    assert_eq!(pod.probe("/readyz").await, (200, "ok\n".to_owned()));
    pod.call("list_wallets", json!({})).await;
    let (status, metrics) = pod.probe("/metrics").await;
    assert_eq!(status, 200);
    for line in [
        "vaultpilot_runtime_control_plane_up 1",
        "vaultpilot_runtime_reads_owed 0",
        "vaultpilot_runtime_tool_calls_total{tool=\"list_wallets\",outcome=\"allow\"} 1",
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
    assert_eq!(pod.get("/metrics").await, 404);
}

#[tokio::test]
async fn a_pod_without_a_control_plane_is_alive_and_not_ready() {
    let mut server = ControlPlane::start().await;
    server.go_away().await;
    let pod = Pod::begin(&server, "");
    pod.until("/healthz", 200).await;
    let (status, why) = pod.probe("/readyz").await;
    assert_eq!((status, why.as_str()), (503, "control plane is away\n"));
    server.come_back().await;
    pod.until("/readyz", 200).await;
}
