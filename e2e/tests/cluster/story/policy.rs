//! A policy is edited with kubectl, and the next decision knows it.

use vaultpilot_e2e::Agent;

use super::manifest;
use crate::world::{World, account, payment};

pub(super) async fn edited_changes_the_next_decision(world: &World, agent: &Agent) {
    world.step("a policy edited by kubectl changes the next decision");
    let shop = account(2);
    let policy = ("policy.vaultpilot.io", "vp-acme", "limits");
    world
        .cluster
        .apply(&manifest::policy("acme", "0.01"))
        .output();
    world.cluster.condition(policy, "Ready", "True", 30).await;
    let denied = agent
        .call("transfer", payment("treasury", &shop, "0.2", "tight"))
        .await;
    assert_eq!(denied["status"], "denied", "{}", denied.content);

    world.cluster.apply(&manifest::policy("acme", "1")).output();
    world.cluster.condition(policy, "Ready", "True", 30).await;
    let paid = agent
        .ok("transfer", payment("treasury", &shop, "0.2", "loose"))
        .await;
    let settled = agent
        .settled(paid["transaction_id"].as_str().unwrap())
        .await;
    assert_eq!(settled["state"], "final", "{settled}");
}
