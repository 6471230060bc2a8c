//! The same payment as everywhere, through three zones.

use serde_json::json;
use vaultpilot_e2e::Agent;

use super::tenant::ACME;
use crate::world::{World, account, payment};

pub(super) async fn within_limits_and_not_above(world: &World) -> Agent {
    world.step("an MCP client pays within limits and is denied above");
    let wallet = world.cluster.get("wallet", "vp-acme", "treasury").unwrap();
    world
        .fund(wallet["status"]["address"].as_str().unwrap(), 100)
        .await;
    let key = world.key(ACME, "bot", "agent");
    let agent = world.agent(ACME, &key).await;
    let shop = account(1);

    let paid = agent
        .ok("transfer", payment("treasury", &shop, "0.25", "first"))
        .await;
    let settled = agent
        .settled(paid["transaction_id"].as_str().unwrap())
        .await;
    assert_eq!(settled["state"], "final", "{settled}");
    assert_eq!(world.chain.balance(&shop).await, 25 * 10u128.pow(16));

    // The same request is the same payment.
    let again = agent
        .ok("transfer", payment("treasury", &shop, "0.25", "first"))
        .await;
    assert_eq!(again["transaction_id"], paid["transaction_id"]);

    let denied = agent
        .call("transfer", payment("treasury", &shop, "1.5", "above"))
        .await;
    assert_eq!(denied["status"], "denied", "{}", denied.content);
    assert_eq!(world.chain.balance(&shop).await, 25 * 10u128.pow(16));

    // A key of one tenant is nothing to another.
    let (url, address) = world.endpoint("globex");
    assert!(Agent::at(address, &url, &key).await.is_err());
    let wallets = agent.ok("list_wallets", json!({})).await;
    assert_eq!(
        wallets["items"].as_array().map(Vec::len),
        Some(1),
        "{}",
        wallets.content
    );
    agent
}
