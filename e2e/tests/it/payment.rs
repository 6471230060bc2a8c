//! An agent pays, within limits.

use serde_json::json;

use crate::world::{BOB, ETHER, World, budget, codes, payment, with, without};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_pays_within_limits() {
    let world = World::new().await;
    let agent = &world.agent;
    let address = world.funded("treasury").await;

    // Once per label: the same wallet, the same key.
    let again = agent
        .ok("create_wallet", json!({ "label": "treasury" }))
        .await;
    assert_eq!(again["address"], address.as_str());

    let asked = json!({ "wallet": "treasury" });
    let before = agent.ok("get_budget", asked.clone()).await.content;
    assert_eq!(budget(&before, "rolling").0, "0");

    // Judged only: nothing moves.
    let wish = payment("treasury", "0.01");
    let judged = without(wish.clone(), "request_id");
    let checked = agent.ok("check_policy", judged.clone()).await;
    assert_eq!(
        checked["decision"]["outcome"], "allow",
        "{}",
        checked.content
    );
    let simulated = agent.ok("simulate_transfer", judged).await;
    assert_eq!(simulated["status"], "simulated", "{}", simulated.content);
    assert_eq!(simulated["simulation"]["succeeded"], true);
    assert_eq!(world.chain.nonce(&address).await, 0);

    // Paid: on the chain, to the wei.
    let bob = world.chain.balance(BOB).await;
    let paid = agent.ok("transfer", wish.clone()).await;
    assert_eq!(paid["status"], "submitted", "{}", paid.content);
    let id = paid["transaction_id"].as_str().unwrap().to_owned();
    let settled = agent.settled(&id).await;
    assert_eq!(settled["state"], "final", "{settled}");
    assert_eq!(world.chain.balance(BOB).await - bob, ETHER / 100);

    // Retried: the same transaction, no second one.
    let retried = agent.ok("transfer", wish.clone()).await;
    assert_eq!(retried["transaction_id"], id.as_str());
    assert_eq!(retried["status"], "executed");
    assert_eq!(world.chain.nonce(&address).await, 1);

    // The same id for another payment is a conflict, and nothing happens.
    let other = agent.call("transfer", with(wish, "amount", "0.02")).await;
    assert!(other.is_error);
    assert_eq!(
        other["error"]["code"], "request_conflict",
        "{}",
        other.content
    );

    let after = agent.ok("get_budget", asked).await.content;
    assert_eq!(budget(&after, "rolling").0, "0.01");
    assert_eq!(world.chain.nonce(&address).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn above_the_limit_is_denied_with_the_numbers() {
    let world = World::new().await;
    let address = world.funded("treasury").await;
    let denied = world
        .agent
        .call("transfer", payment("treasury", "0.5"))
        .await;
    assert!(denied.is_error);
    assert_eq!(denied["status"], "denied");
    assert!(
        codes(&denied.content).contains(&"per_tx_limit"),
        "{}",
        denied.content
    );
    let reasons = denied["decision"]["reasons"].as_array().unwrap();
    let reason = reasons
        .iter()
        .find(|reason| reason["code"] == "per_tx_limit")
        .unwrap();
    assert_eq!(reason["limit"], "0.1");
    assert_eq!(reason["requested"], "0.5");
    assert_eq!(reason["would_pass"], "0.1");
    assert_eq!(world.chain.nonce(&address).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_payment_twice_is_held_back() {
    let world = World::new().await;
    world.funded("treasury").await;
    let first = world
        .agent
        .ok("transfer", payment("treasury", "0.01"))
        .await;
    let id = first["transaction_id"].as_str().unwrap();
    let second = payment("treasury", "0.01");
    let held = world.agent.call("transfer", second.clone()).await;
    assert!(held.is_error);
    assert_eq!(codes(&held.content), ["duplicate_suspected"]);
    assert_eq!(held["duplicate_of"], id);
    let meant = with(second, "confirm_duplicate_of", id);
    let paid = world.agent.ok("transfer", meant).await;
    assert_ne!(paid["transaction_id"], id);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_wallet_pays_nothing_until_a_person_thaws_it() {
    let world = World::new().await;
    let address = world.funded("treasury").await;
    let frozen = json!({ "wallet": "treasury", "reason": "looks odd" });
    let view = world.agent.ok("freeze_wallet", frozen).await;
    assert_eq!(view["state"], "frozen");
    let denied = world
        .agent
        .call("transfer", payment("treasury", "0.01"))
        .await;
    assert!(
        denied.is_error && codes(&denied.content).contains(&"frozen"),
        "{}",
        denied.content
    );
    assert_eq!(world.chain.nonce(&address).await, 0);
    let thawed = world.house.json(&["wallet", "thaw", "treasury"]).await;
    assert_eq!(thawed["state"], "active");
    world
        .agent
        .ok("transfer", payment("treasury", "0.01"))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_payments_of_one_wallet_arrive_in_order_and_once() {
    let world = World::new().await;
    let address = world.funded("treasury").await;
    let bob = world.chain.balance(BOB).await;
    let wishes: Vec<_> = (1..=20)
        .map(|n| payment("treasury", &format!("0.000{n:02}")))
        .collect();
    let paid = wishes
        .iter()
        .map(|wish| world.agent.ok("transfer", wish.clone()));
    let paid = join_all(paid).await;
    for answer in &paid {
        let settled = world
            .agent
            .settled(answer["transaction_id"].as_str().unwrap())
            .await;
        assert_eq!(settled["state"], "final", "{settled}");
    }
    assert_eq!(world.chain.nonce(&address).await, 20);
    let sum: u128 = (1..=20).map(|n| n * ETHER / 100_000).sum();
    assert_eq!(world.chain.balance(BOB).await - bob, sum);
}

async fn join_all<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut done = Vec::new();
    let mut running: Vec<_> = futures.map(Box::pin).collect();
    std::future::poll_fn(|context| {
        running.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(value) => {
                done.push(value);
                false
            }
            std::task::Poll::Pending => true,
        });
        if running.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_that_would_revert_is_never_signed() {
    let world = World::new().await;
    let created = world
        .agent
        .ok("create_wallet", json!({ "label": "empty" }))
        .await;
    let address = created["address"].as_str().unwrap();
    let denied = world.agent.call("transfer", payment("empty", "0.01")).await;
    assert!(denied.is_error);
    assert!(
        codes(&denied.content).contains(&"insufficient_funds"),
        "{}",
        denied.content
    );
    assert_eq!(world.chain.nonce(address).await, 0);
}
