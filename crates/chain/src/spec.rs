//! What the operator says about a chain.

use std::fmt;
use std::time::Duration;

use vaultpilot_ports::chain::ChainView;

/// A chain and the ways to reach it.
#[derive(Debug, Clone)]
pub struct ChainSpec {
    pub view: ChainView,
    /// At least one.
    pub endpoints: Vec<Endpoint>,
    /// How often it is worth looking, and how long head and fees may be reused: at most one block.
    pub poll_interval: Duration,
    pub faucet: FaucetKind,
}

/// One JSON-RPC endpoint. The URL often carries an access key, so it is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub url: String,
    /// Preference among equally fast endpoints: twice the weight outweighs twice the latency.
    pub weight: u32,
}

impl Endpoint {
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            weight: 1,
        }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("weight", &self.weight)
            .finish_non_exhaustive()
    }
}

/// Where test coins come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaucetKind {
    None,
    /// The node's first unlocked account, as development nodes have.
    DevAccount,
}
