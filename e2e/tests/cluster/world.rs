//! The cluster, the chain it pays on, and what is installed in it.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;
use vaultpilot_e2e::{Agent, Chain, Cluster, parts};

use crate::vault::Vault;

pub(crate) const SYSTEM: &str = "vaultpilot-system";
pub(crate) const RELEASE: &str = "vaultpilot";

pub(crate) struct World {
    pub(crate) cluster: Cluster,
    pub(crate) chain: Chain,
    pub(crate) vault: Vault,
    /// What the database writes to.
    pub(crate) disk: tempfile::TempDir,
    started: Instant,
}

impl World {
    pub(crate) async fn new(cluster: Cluster) -> Self {
        Self {
            cluster,
            chain: Chain::start_on(&parts::host()).await,
            vault: Vault::start().await,
            disk: tempfile::tempdir().unwrap(),
            started: Instant::now(),
        }
    }

    /// Says which step begins, for whoever watches and for the log of a failure.
    pub(crate) fn step(&self, what: &str) {
        eprintln!("[{:>4} s] {what}", self.started.elapsed().as_secs());
    }

    /// Makes a key of a tenant as an administrator does, in a pod of the control API.
    pub(crate) fn key(&self, tenant: &str, name: &str, role: &str) -> String {
        let deployment = format!("deploy/{RELEASE}-control-api");
        let made = self.cluster.kubectl(&[
            "exec",
            "-n",
            SYSTEM,
            &deployment,
            "--",
            "/control-api",
            "key",
            "create",
            "--tenant",
            tenant,
            "--name",
            name,
            "--role",
            role,
        ]);
        let key = made.output().trim().to_owned();
        assert!(key.starts_with("vp_"), "no key was printed");
        key
    }

    /// The tenant's endpoint: its URL, and where its Service is.
    pub(crate) fn endpoint(&self, tenant: &str) -> (String, SocketAddr) {
        let namespace = format!("vp-{tenant}");
        let service = self.cluster.get("service", &namespace, "mcp").unwrap();
        let ip = service["spec"]["clusterIP"].as_str().unwrap().to_owned();
        let url = format!("http://mcp.{namespace}.svc:8080/t/{tenant}/mcp");
        (url, format!("{ip}:8080").parse().unwrap())
    }

    /// An agent of the tenant, connected through the tenant's Service.
    pub(crate) async fn agent(&self, tenant: &str, key: &str) -> Agent {
        let (url, address) = self.endpoint(tenant);
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            match Agent::at(address, &url, key).await {
                Ok(agent) => return agent,
                Err(error) => assert!(Instant::now() < deadline, "{url}: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    /// Gives the address so many coins.
    pub(crate) async fn fund(&self, address: &str, coins: u128) {
        let wei = coins * 10u128.pow(18);
        let set = json!([address, format!("{wei:#x}")]);
        self.chain.rpc("anvil_setBalance", set).await;
    }
}

/// A payment of native coin on the local chain.
pub(crate) fn payment(wallet: &str, to: &str, amount: &str, request: &str) -> Value {
    json!({
        "wallet": wallet, "chain": Chain::ID, "to": to, "asset": "native", "amount": amount,
        "request_id": format!("hosted-shape-{request}"),
    })
}

/// An account that nobody paid before.
pub(crate) fn account(number: u64) -> String {
    format!("0x{:040x}", 0x00ee_0000_0000 + number)
}
