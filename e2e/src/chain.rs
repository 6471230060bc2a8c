//! A real anvil of the test's own, and plain JSON-RPC to it: the oracle.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::parts;

/// A block each so many seconds; as fast as anvil goes.
const BLOCK_TIME: &str = "1";

pub struct Chain {
    child: Child,
    url: String,
    client: reqwest::Client,
}

impl Chain {
    pub const ID: &str = "eip155:31337";

    /// Starts a chain on a free port of this machine and waits until it listens.
    pub async fn start() -> Self {
        Self::start_on("127.0.0.1").await
    }

    /// The same, on another address of this machine.
    pub async fn start_on(host: &str) -> Self {
        let mut child = Command::new(parts::anvil())
            .args([
                "--host",
                host,
                "--port",
                "0",
                "--block-time",
                BLOCK_TIME,
                "--chain-id",
                "31337",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines
                .next_line()
                .await
                .unwrap()
                .unwrap_or_else(|| panic!("anvil ended"));
            if let Some(address) = line.strip_prefix("Listening on ") {
                break address.trim().to_owned();
            }
        };
        // Whoever does not read a pipe stops its writer.
        tokio::task::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self {
            child,
            url: format!("http://{address}"),
            client: client(),
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub async fn rpc(&self, method: &str, params: Value) -> Value {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let response = self
            .client
            .post(&self.url)
            .json(&body)
            .send()
            .await
            .unwrap();
        let answer: Value = response.json().await.unwrap();
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    pub async fn balance(&self, address: &str) -> u128 {
        number(&self.rpc("eth_getBalance", json!([address, "latest"])).await)
    }

    /// How many transactions of this account are in blocks.
    pub async fn nonce(&self, address: &str) -> u128 {
        number(
            &self
                .rpc("eth_getTransactionCount", json!([address, "latest"]))
                .await,
        )
    }

    /// The first unlocked development account.
    pub async fn dev_account(&self) -> String {
        self.rpc("eth_accounts", json!([])).await[0]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Sends from a development account and waits for the receipt.
    pub async fn send(&self, transaction: Value) -> Value {
        let hash = self.rpc("eth_sendTransaction", json!([transaction])).await;
        for _ in 0..100 {
            let receipt = self.rpc("eth_getTransactionReceipt", json!([hash])).await;
            if !receipt.is_null() {
                assert_eq!(receipt["status"], "0x1", "{receipt}");
                return receipt;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("no receipt for {hash}");
    }

    pub async fn mine(&self, blocks: u64) {
        self.rpc("anvil_mine", json!([format!("{blocks:#x}")]))
            .await;
    }

    pub async fn stop(mut self) {
        self.child.kill().await.unwrap();
    }
}

pub fn number(value: &Value) -> u128 {
    let text = value.as_str().unwrap().trim_start_matches("0x");
    u128::from_str_radix(text, 16).unwrap()
}

/// A client that talks to this machine only, and waits for no proxy.
pub fn client() -> reqwest::Client {
    builder().build().unwrap()
}

/// The same, for a URL whose name only a cluster's DNS knows.
pub fn client_at(url: &str, address: SocketAddr) -> reqwest::Client {
    let url: reqwest::Url = url.parse().unwrap();
    let name = url.host_str().unwrap();
    builder().resolve(name, address).build().unwrap()
}

fn builder() -> reqwest::ClientBuilder {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .tcp_nodelay(true)
        .timeout(Duration::from_mins(1))
}
