//! SIGKILL at every point between reserve and final. The oracle is a contract that counts.

use std::os::unix::process::ExitStatusExt;
use std::time::Duration;

use serde_json::{Value, json};
use vaultpilot_e2e::contract::Counter;
use vaultpilot_e2e::{Chain, House, HouseOptions};

use crate::world::{ETHER, request_id};

/// Before these nothing is recorded: the payment is the agent's to send again.
const NOTHING_RECORDED: &[&str] = &["after_policy", "audit_before_commit"];

const POLICY: &str = r#"
apiVersion: vaultpilot.io/v1alpha1
kind: Policy
metadata: { name: devnet-guard }
spec:
  selector: { wallets: ["*"], agents: ["*"] }
  chains: ["eip155:31337"]
  tools: { allow: ["*"] }
  assets:
    - { chain: "eip155:31337", token: native, perTx: "1", rolling: [ {window: 24h, max: "5"} ] }
  recipients: { newRecipient: allow }
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_double_spend_and_no_lost_intent_whatever_dies() {
    let chain = Chain::start().await;
    let counter = Counter::deploy(&chain).await;
    let house = House::start(&chain).await;
    house.apply(POLICY).await;
    let key = house.agent_key();
    let agent = house.agent(&key).await;
    let wallet = agent
        .ok("create_wallet", json!({ "label": "treasury" }))
        .await;
    let address = wallet["address"].as_str().unwrap().to_owned();
    let funds = json!({ "wallet": "treasury", "chain": Chain::ID, "amount": "10" });
    agent.ok("request_faucet_funds", funds).await;
    while chain.balance(&address).await < 10 * ETHER {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let points: Vec<String> = failpoints(&house).await;
    assert!(points.len() >= 10, "{points:?}");
    let mut data = house.kill().await;

    for (n, point) in points.iter().enumerate() {
        let value = ETHER / 1000 + u128::try_from(n).unwrap() + 1;
        let wish = payment(&counter, value);
        let point: &'static str = Box::leak(point.clone().into_boxed_str());
        let options = HouseOptions {
            failpoint: Some(point),
            ..HouseOptions::default()
        };
        let mut house = House::start_in(data, &chain, &options).await;
        let agent = house.agent(&key).await;
        // The answer is lost with the process, or came just before.
        let _ = agent.try_call("transfer", wish.clone()).await;
        let status = house.ended().await;
        assert_eq!(
            status.signal(),
            Some(9),
            "{point}: {status}\n{}",
            house.output()
        );
        data = house.data();
        drop(house);

        let house = House::start_in(data, &chain, &HouseOptions::default()).await;
        let agent = house.agent(&key).await;
        if NOTHING_RECORDED.contains(&point) {
            assert_eq!(counter.executions(&chain, value).await, 0, "{point}");
        } else {
            // Recorded: it goes on by itself, nobody asks again.
            let list = agent.ok("list_transactions", json!({ "limit": 1 })).await;
            let id = list["items"][0]["id"].as_str().unwrap().to_owned();
            assert_eq!(
                list["items"][0]["amount_raw"],
                value.to_string(),
                "{point}: lost"
            );
            let settled = agent.settled(&id).await;
            assert_eq!(settled["state"], "final", "{point}: {settled}");
            assert_eq!(counter.executions(&chain, value).await, 1, "{point}");
        }
        // The agent, who heard nothing, asks again with the same request id.
        let answer = agent.ok("transfer", wish).await;
        let id = answer["transaction_id"].as_str().unwrap().to_owned();
        let settled = agent.settled(&id).await;
        assert_eq!(settled["state"], "final", "{point}: {settled}");
        chain.mine(3).await;
        assert_eq!(
            counter.executions(&chain, value).await,
            1,
            "{point}: not exactly once"
        );
        let verified = house.cli(&["audit", "verify"]).await;
        assert!(
            verified.status.success(),
            "{point}: the audit chain is broken"
        );
        data = house.kill().await;
    }

    // The budget says what the chain says.
    let house = House::start_in(data, &chain, &HouseOptions::default()).await;
    let agent = house.agent(&key).await;
    let budget = agent
        .ok("get_budget", json!({ "wallet": "treasury" }))
        .await
        .content;
    let spent = chain.balance(&counter.address).await;
    let (used, _) = crate::world::budget(&budget, "rolling");
    assert_eq!(raw(&used), spent);
    assert_eq!(
        chain.nonce(&address).await,
        u128::try_from(points.len()).unwrap()
    );
}

fn payment(counter: &Counter, value: u128) -> Value {
    json!({
        "wallet": "treasury", "chain": Chain::ID, "to": counter.address.to_lowercase(),
        "asset": "native", "amount": ether(value), "request_id": request_id(),
    })
}

/// The points the binary itself knows.
async fn failpoints(house: &House) -> Vec<String> {
    let output = house.cli(&["failpoints"]).await;
    assert!(
        output.status.success(),
        "this binary was built without failpoints"
    );
    vaultpilot_e2e::house::text(&output.stdout)
        .lines()
        .map(ToOwned::to_owned)
        .collect()
}

fn ether(value: u128) -> String {
    format!("{}.{:018}", value / ETHER, value % ETHER)
}

fn raw(text: &str) -> u128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    whole.parse::<u128>().unwrap() * ETHER + format!("{fraction:0<18}").parse::<u128>().unwrap()
}
