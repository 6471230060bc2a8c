//! What the REST API shows beside the views of `ports`. Only what is printed is read, so that a
//! newer server does not trouble an older command line.

use serde::Deserialize;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Status {
    pub version: String,
    pub edition: String,
    pub data_dir: String,
    pub started_at: String,
    pub uptime_s: u64,
    pub tenant: String,
    pub mcp_url: String,
    pub api_url: String,
    pub metrics_url: String,
    pub chains: Vec<ChainStatus>,
    pub wallets: u64,
    pub policies: u64,
    pub approvals_waiting: u64,
    pub transactions_in_flight: u64,
    #[serde(default)]
    pub checklist: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct ChainStatus {
    pub id: String,
    pub name: String,
    pub reachable: bool,
    #[serde(default)]
    pub head: Option<u64>,
    #[serde(default)]
    pub error: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Step {
    #[serde(rename = "step")]
    pub name: String,
    pub done: bool,
    #[serde(default)]
    pub hint: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Balance {
    pub chain: String,
    pub asset: String,
    #[serde(default)]
    pub symbol: Option<String>,
    #[serde(default)]
    pub amount: Option<String>,
    #[serde(default)]
    pub error: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Key {
    pub id: String,
    pub name: String,
    pub role: String,
    #[serde(default)]
    pub scopes: Vec<String>,
    #[serde(default)]
    pub prefix: String,
    #[serde(default)]
    pub expires_at: Option<String>,
    #[serde(default)]
    pub revoked_at: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct WhoAmI {
    pub tenant: String,
    pub name: String,
    pub role: String,
}
