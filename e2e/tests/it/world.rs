//! What most tests begin with: a chain, a house, an agent, a policy, a funded wallet.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use vaultpilot_e2e::{Agent, Chain, House};

/// Somebody to be paid: the second development account of anvil.
pub(crate) const BOB: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
pub(crate) const ETHER: u128 = 1_000_000_000_000_000_000;

pub(crate) struct World {
    pub chain: Chain,
    pub house: House,
    pub agent: Agent,
}

impl World {
    /// A house with the devnet's policy, and an agent with the key it was shown.
    pub(crate) async fn new() -> Self {
        let chain = Chain::start().await;
        let house = House::start(&chain).await;
        let agent = house.agent(&house.agent_key()).await;
        Self {
            chain,
            house,
            agent,
        }
    }

    /// The address of a wallet with coins in it.
    pub(crate) async fn funded(&self, label: &str) -> String {
        let created = self
            .agent
            .ok("create_wallet", json!({ "label": label }))
            .await;
        let address = created["address"].as_str().unwrap().to_owned();
        let asked = json!({ "wallet": label, "chain": Chain::ID, "amount": "10" });
        self.agent.ok("request_faucet_funds", asked).await;
        for _ in 0..100 {
            if self.chain.balance(&address).await >= 10 * ETHER {
                return address;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{label} is not funded");
    }
}

/// A payment of native coin to Bob.
pub(crate) fn payment(wallet: &str, amount: &str) -> Value {
    json!({
        "wallet": wallet, "chain": Chain::ID, "to": BOB, "asset": "native", "amount": amount,
        "request_id": request_id(),
    })
}

/// A fresh request id.
pub(crate) fn request_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("request-{}-{n:06}", std::process::id())
}

/// The same object with one field changed.
pub(crate) fn with(mut value: Value, field: &str, to: impl Into<Value>) -> Value {
    value[field] = to.into();
    value
}

/// The same object with one field less.
pub(crate) fn without(mut value: Value, field: &str) -> Value {
    value.as_object_mut().unwrap().remove(field);
    value
}

/// The codes of a decision's reasons.
pub(crate) fn codes(answer: &Value) -> Vec<&str> {
    let reasons = answer["decision"]["reasons"].as_array().unwrap();
    reasons
        .iter()
        .map(|reason| reason["code"].as_str().unwrap())
        .collect()
}

/// A line of a budget: `(used, remaining)` of a kind of limit on the native coin.
pub(crate) fn budget(view: &Value, kind: &str) -> (String, String) {
    let lines = view["lines"].as_array().unwrap();
    let line = lines
        .iter()
        .find(|line| line["kind"] == kind && line["asset"] == "native")
        .unwrap_or_else(|| panic!("no {kind} in {view}"));
    let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
    (text("used"), text("remaining"))
}
