//! Starting, stopping, starting again.

use serde_json::json;
use vaultpilot_e2e::{Chain, House, HouseOptions, parts};

use crate::world::{World, payment};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_banner_comes_last_and_the_key_is_shown_once() {
    let chain = Chain::start().await;
    let house = House::start(&chain).await;
    let output = house.output();
    for name in ["API", "Admin", "MCP URL", "Data", "Metrics"] {
        assert!(
            output
                .lines()
                .any(|line| line.trim_start().starts_with(name)),
            "{name}:\n{output}"
        );
    }
    assert!(output.contains("vaultpilot connect"), "{output}");
    let key = house.agent_key();
    let (status, output, data) = house.interrupt().await;
    assert!(status.success(), "{status}:\n{output}");

    let house = House::start_in(data, &chain, &HouseOptions::default()).await;
    assert!(
        !house.output().contains("vp_test_"),
        "the key is shown again:\n{}",
        house.output()
    );
    // It still opens the door.
    house
        .agent(&key)
        .await
        .ok("get_capabilities", json!({}))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_loses_nothing_and_a_second_start_finds_everything() {
    let world = World::new().await;
    let address = world.funded("treasury").await;
    let wish = payment("treasury", "0.01");
    let paid = world.agent.ok("transfer", wish.clone()).await;
    let key = world.house.agent_key();
    let (status, output, data) = world.house.interrupt().await;
    assert!(status.success(), "{status}:\n{output}");

    let house = House::start_in(data, &world.chain, &HouseOptions::default()).await;
    let agent = house.agent(&key).await;
    let settled = agent
        .settled(paid["transaction_id"].as_str().unwrap())
        .await;
    assert_eq!(settled["state"], "final");
    let again = agent
        .ok("create_wallet", json!({ "label": "treasury" }))
        .await;
    assert_eq!(again["address"], address.as_str());
    let retried = agent.ok("transfer", wish).await;
    assert_eq!(retried["transaction_id"], paid["transaction_id"]);
    assert_eq!(world.chain.nonce(&address).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_data_folder_has_one_house() {
    let chain = Chain::start().await;
    let house = House::start(&chain).await;
    let second = tokio::process::Command::new(parts::vaultpilot())
        .args([
            "up",
            "--devnet",
            "--devnet-url",
            chain.url(),
            "--listen",
            "127.0.0.1:0",
        ])
        .args(["--metrics-listen", "127.0.0.1:0", "--data-dir"])
        .arg(house.data_path())
        .output()
        .await
        .unwrap();
    assert!(!second.status.success());
    let said = vaultpilot_e2e::house::text(&second.stderr);
    assert!(said.contains("in use"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn works_and_says_so_while_a_chain_cannot_be_reached() {
    let chain = Chain::start().await;
    let house = House::start(&chain).await;
    let agent = house.agent(&house.agent_key()).await;
    agent
        .ok("create_wallet", json!({ "label": "treasury" }))
        .await;
    chain.stop().await;
    let listed = agent.ok("list_wallets", json!({})).await;
    assert_eq!(listed["items"][0]["label"], "treasury");
    let failed = agent.call("transfer", payment("treasury", "0.01")).await;
    assert!(failed.is_error);
    assert_eq!(
        failed["error"]["code"], "chain_unreachable",
        "{}",
        failed.content
    );
    assert_eq!(failed["error"]["retryable"], true);
    until(async || house.output().contains("cannot be reached")).await;
    until(async || house.get("/api/v1/status").await["chains"][0]["reachable"] == false).await;
    let none = agent.ok("list_transactions", json!({})).await;
    assert_eq!(none["items"].as_array().unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_are_told_on_their_own_listener() {
    let world = World::new().await;
    world.agent.ok("get_capabilities", json!({})).await;
    let response = vaultpilot_e2e::chain::client()
        .get(world.house.metrics_url())
        .send()
        .await;
    let text = response.unwrap().text().await.unwrap();
    assert!(text.contains("get_capabilities"), "{text}");
    assert!(!text.contains("vp_test_"));
}

/// Waits until it is so, ten seconds at most.
async fn until(so: impl AsyncFn() -> bool) {
    for _ in 0..100 {
        if so().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("it is not so after ten seconds");
}
