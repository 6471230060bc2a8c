//! The test contracts: built from Solidity by this repository's script, deployed on the chain.

use std::path::Path;
use std::process::Command;

use alloy_primitives::keccak256;
use serde_json::{Value, json};

use crate::chain::number;
use crate::{Chain, parts};

/// Counts executions by exact value: the independent oracle of "exactly once".
pub struct Counter {
    pub address: String,
}

/// A plain ERC-20 with 6 decimals; all of it belongs to the first development account.
pub struct Token {
    pub address: String,
}

impl Counter {
    pub async fn deploy(chain: &Chain) -> Self {
        Self {
            address: deploy(chain, "Counter").await,
        }
    }

    /// How often exactly this value arrived.
    pub async fn executions(&self, chain: &Chain, value: u128) -> u128 {
        let data = format!("{}{value:064x}", selector("executions(uint256)"));
        let call = json!([{ "to": self.address, "data": data }, "latest"]);
        number(&chain.rpc("eth_call", call).await)
    }
}

impl Token {
    pub async fn deploy(chain: &Chain) -> Self {
        Self {
            address: deploy(chain, "Token").await,
        }
    }

    pub async fn give(&self, chain: &Chain, to: &str, amount: u128) {
        let to = to.trim_start_matches("0x").to_lowercase();
        let data = format!(
            "{}{to:0>64}{amount:064x}",
            selector("transfer(address,uint256)")
        );
        let from = chain.dev_account().await;
        chain
            .send(json!({ "from": from, "to": self.address, "data": data }))
            .await;
    }

    pub async fn balance(&self, chain: &Chain, of: &str) -> u128 {
        let of = of.trim_start_matches("0x").to_lowercase();
        let data = format!("{}{of:0>64}", selector("balanceOf(address)"));
        let call = json!([{ "to": self.address, "data": data }, "latest"]);
        number(&chain.rpc("eth_call", call).await)
    }
}

/// A function's selector, as Solidity derives it.
fn selector(signature: &str) -> String {
    format!("0x{}", hex::encode(&keccak256(signature)[..4]))
}

async fn deploy(chain: &Chain, name: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    let text = std::fs::read_to_string(folder.path().join(format!("{name}.json"))).unwrap();
    let artifact: Value = serde_json::from_str(&text).unwrap();
    let code = artifact["bytecode"].as_str().unwrap();
    let data = format!("0x{}", code.trim_start_matches("0x"));
    let from = chain.dev_account().await;
    let receipt = chain
        .send(json!({ "from": from, "data": data, "gas": "0x300000" }))
        .await;
    receipt["contractAddress"].as_str().unwrap().to_owned()
}

fn build(out: &Path) {
    let status = Command::new("node")
        .arg(parts::here().join("contracts/build.mjs"))
        .arg(out)
        .env("VAULTPILOT_NODE_MODULES", parts::node_modules())
        .status()
        .unwrap();
    assert!(status.success(), "the contracts do not build");
}
