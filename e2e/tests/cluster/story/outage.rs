//! The control API goes away and comes back; the pods of tenants stay.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use vaultpilot_e2e::Agent;
use vaultpilot_e2e::cluster::condition_of;

use super::manifest;
use super::tenant::ACME;
use crate::world::{RELEASE, SYSTEM, World, account, payment};

pub(super) async fn reads_go_on_and_writes_wait(world: &World, agent: &Agent) {
    world.step("the control API is away: reads go on, writes fail and may be retried");
    let deployment = format!("deploy/{RELEASE}-control-api");
    let replicas = world
        .cluster
        .kubectl(&[
            "get",
            &deployment,
            "-n",
            SYSTEM,
            "-o",
            "jsonpath={.spec.replicas}",
        ])
        .output();
    let scale = |replicas: &str| {
        let replicas = format!("--replicas={replicas}");
        world
            .cluster
            .kubectl(&["scale", &deployment, "-n", SYSTEM, &replicas])
            .output();
    };
    agent
        .ok("get_wallet", json!({ "wallet": "treasury" }))
        .await;
    scale("0");
    let selector = "app.kubernetes.io/component=control-api";
    until(60, || {
        world.cluster.list("pods", SYSTEM, selector).is_empty()
    })
    .await;

    let wallet = agent
        .ok("get_wallet", json!({ "wallet": "treasury" }))
        .await;
    assert!(wallet["address"].is_string(), "{}", wallet.content);
    let shop = account(4);
    let request = || payment("treasury", &shop, "0.01", "while-away");
    let refused = agent.call("transfer", request()).await;
    assert!(refused.is_error, "{}", refused.content);
    assert_eq!(
        refused["error"]["code"], "control_plane_unavailable",
        "{}",
        refused.content
    );
    assert_eq!(refused["error"]["retryable"], true, "{}", refused.content);

    world.step("meanwhile a manifest changes: the wallet says what it waits for, and heals");
    let renamed =
        manifest::wallet(ACME, "treasury").replace("spec:\n", "spec:\n  displayName: Treasury\n");
    world.cluster.apply(&renamed).output();
    world
        .cluster
        .until("wallet", "vp-acme", "treasury", 60, |object| {
            condition_of(object, "Ready").is_some_and(|ready| {
                ready["status"] != "True" && ready["reason"] == "ControlPlaneUnreachable"
            })
        })
        .await;

    scale(replicas.trim());
    world
        .cluster
        .kubectl(&[
            "rollout",
            "status",
            &deployment,
            "-n",
            SYSTEM,
            "--timeout=120s",
        ])
        .output();
    let wallet = ("wallet", "vp-acme", "treasury");
    world.cluster.condition(wallet, "Ready", "True", 60).await;
    let deadline = Instant::now() + Duration::from_secs(30);
    let paid = loop {
        let answer = agent.call("transfer", request()).await;
        if !answer.is_error {
            break answer;
        }
        assert!(Instant::now() < deadline, "{}", answer.content);
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    let settled = agent
        .settled(paid["transaction_id"].as_str().unwrap())
        .await;
    assert_eq!(settled["state"], "final", "{settled}");
    assert_eq!(world.chain.balance(&shop).await, 10u128.pow(16));
}

pub(super) async fn until(seconds: u64, is: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    while !is() {
        assert!(
            Instant::now() < deadline,
            "it did not come to that in {seconds} s"
        );
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}
