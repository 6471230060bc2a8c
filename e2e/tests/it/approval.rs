//! A person is asked, from another terminal, with a one-time code.

use serde_json::json;

use crate::world::{BOB, ETHER, World, payment};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_approves_with_the_code_from_the_server_s_terminal() {
    let world = World::new().await;
    let address = world.funded("treasury").await;
    let bob = world.chain.balance(BOB).await;
    let wish = payment("treasury", "0.07");
    let asked = world.agent.ok("transfer", wish.clone()).await;
    assert_eq!(asked["status"], "pending_approval", "{}", asked.content);
    let approval = asked["approval"]["id"].as_str().unwrap().to_owned();
    assert_eq!(world.chain.nonce(&address).await, 0);

    // The agent's own key cannot approve, the code alone does not help it.
    let code = world.house.code(&approval).await;
    let url = format!(
        "{}/api/v1/approvals/{approval}/approve",
        world.house.api_url()
    );
    let forged = vaultpilot_e2e::chain::client()
        .post(url)
        .bearer_auth(world.house.agent_key())
        .json(&json!({ "code": code }))
        .send()
        .await
        .unwrap();
    assert_eq!(forged.status(), 403);

    // A wrong code is counted; without one nothing happens.
    let wrong = if code == "000000" { "111111" } else { "000000" };
    let refused = world
        .house
        .cli(&["approval", "approve", &approval, "--code", wrong])
        .await;
    assert!(!refused.status.success());
    let bare = world.house.cli(&["approval", "approve", &approval]).await;
    assert!(!bare.status.success());
    assert_eq!(world.chain.nonce(&address).await, 0);

    let decided = world
        .house
        .json(&["approval", "approve", &approval, "--code", &code])
        .await;
    assert_eq!(decided["approval"]["state"], "approved", "{decided}");
    let settled = world
        .agent
        .settled(asked["transaction_id"].as_str().unwrap())
        .await;
    assert_eq!(settled["state"], "final");
    assert_eq!(world.chain.balance(BOB).await - bob, 7 * ETHER / 100);
    let seen = world
        .agent
        .ok("get_approval", json!({ "id": approval }))
        .await;
    assert_eq!(seen["state"], "approved");

    // Once only, also for the retry.
    let twice = world
        .house
        .cli(&["approval", "approve", &approval, "--code", &code])
        .await;
    assert!(!twice.status.success());
    let retried = world.agent.ok("transfer", wish).await;
    assert_eq!(retried["transaction_id"], asked["transaction_id"]);
    assert_eq!(world.chain.nonce(&address).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rejected_payment_gives_its_budget_back() {
    let world = World::new().await;
    let address = world.funded("treasury").await;
    let asked = world
        .agent
        .ok("transfer", payment("treasury", "0.07"))
        .await;
    let held = world
        .agent
        .ok("get_budget", json!({ "wallet": "treasury" }))
        .await
        .content;
    assert_eq!(crate::world::budget(&held, "rolling").0, "0.07");
    let approval = asked["approval"]["id"].as_str().unwrap();
    let decided = world.house.json(&["approval", "reject", approval]).await;
    assert_eq!(decided["approval"]["state"], "rejected", "{decided}");
    let back = world
        .agent
        .ok("get_budget", json!({ "wallet": "treasury" }))
        .await
        .content;
    assert_eq!(crate::world::budget(&back, "rolling").0, "0");
    assert_eq!(world.chain.nonce(&address).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_agent_withdraws_a_waiting_payment() {
    let world = World::new().await;
    world.funded("treasury").await;
    let wish = payment("treasury", "0.07");
    let asked = world.agent.ok("transfer", wish.clone()).await;
    let cancelled = json!({ "request_id": wish["request_id"] });
    let answer = world.agent.call("cancel_request", cancelled).await;
    assert_eq!(
        answer["transaction"]["state"], "cancelled",
        "{}",
        answer.content
    );
    let approval = asked["approval"]["id"].as_str().unwrap();
    let seen = world
        .agent
        .ok("get_approval", json!({ "id": approval }))
        .await;
    assert_eq!(seen["state"], "withdrawn");
}
