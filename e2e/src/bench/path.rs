//! G6: from accepted to broadcast, as the audit chain tells it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::Effort;
use crate::{Chain, House};

pub(crate) struct Path {
    pub payments: usize,
    pub p50: Duration,
    pub p99: Duration,
}

/// Pays one after the other and reads, for each, when it was decided and when a node had it.
pub(crate) async fn measure(house: &House, chain: &Chain, effort: Effort) -> Path {
    let agent = house.agent(&house.agent_key()).await;
    let wallet = agent.ok("get_wallet", json!({ "wallet": "bench" })).await;
    let address = wallet["address"].as_str().unwrap().to_owned();
    let funds = json!({ "wallet": "bench", "chain": Chain::ID, "amount": "100" });
    agent.ok("request_faucet_funds", funds).await;
    while chain.balance(&address).await == 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for n in 0..effort.payments {
        let wish = json!({
            "wallet": "bench", "chain": Chain::ID, "asset": "native", "amount": "0.0001",
            "to": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
            "request_id": format!("bench-payment-{n:06}"),
        });
        agent.ok("transfer", wish).await;
    }
    let mut times: Vec<Duration> = times(house).await;
    times.sort_unstable();
    assert!(
        times.len() >= effort.payments,
        "only {} payments are on record",
        times.len()
    );
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    Path {
        payments: times.len(),
        p50: at(50),
        p99: at(99),
    }
}

async fn times(house: &House) -> Vec<Duration> {
    let export = house.cli(&["audit", "export"]).await;
    let mut decided: BTreeMap<String, jiff::Timestamp> = BTreeMap::new();
    let mut times = Vec::new();
    for line in crate::house::text(&export.stdout).lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        let Some(intent) = entry["intent"].as_str() else {
            continue;
        };
        let at: jiff::Timestamp = entry["at"].as_str().unwrap().parse().unwrap();
        let facts = entry["facts"].to_string();
        match entry["action"].as_str().unwrap() {
            "intent.decided" => {
                decided.insert(intent.to_owned(), at);
            }
            "intent.moved" if facts.contains("\"broadcast\"") => {
                if let Some(accepted) = decided.remove(intent) {
                    times.push(Duration::try_from(at.duration_since(accepted)).unwrap());
                }
            }
            _ => {}
        }
    }
    times
}
