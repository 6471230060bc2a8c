//! Digests that bind a decision to exactly one action.

use alloy_primitives::{B256, keccak256};
use serde::{Deserialize, Serialize};
use vaultpilot_core::{Call, RequestId, Tool, WalletId};

/// Keccak-256 over a canonical, length-prefixed encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(pub B256);

impl Digest {
    /// What was asked: the same on every retry, whatever policy says meanwhile.
    pub fn of_request(tool: Tool, wallet: WalletId, call: &Call) -> Self {
        let mut bytes = Canonical::new("vaultpilot/request/v1");
        bytes.put(tool.name().as_bytes());
        bytes.put(wallet.to_string().as_bytes());
        bytes.put(call.chain.to_string().as_bytes());
        bytes.put(call.to.as_slice());
        bytes.put(&call.value.0.to_be_bytes::<32>());
        bytes.put(&call.data);
        bytes.finish()
    }

    /// What was judged: the request under one policy version. Approvals are bound to this.
    pub fn of_action(request: Self, request_id: &RequestId, policy_version: &str) -> Self {
        let mut bytes = Canonical::new("vaultpilot/action/v1");
        bytes.put(request.0.as_slice());
        bytes.put(request_id.as_str().as_bytes());
        bytes.put(policy_version.as_bytes());
        bytes.finish()
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::str::FromStr for Digest {
    type Err = alloy_primitives::hex::FromHexError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Each part is prefixed by its length: no two lists of parts give the same bytes.
struct Canonical(Vec<u8>);

impl Canonical {
    fn new(domain: &str) -> Self {
        let mut bytes = Self(Vec::with_capacity(256));
        bytes.put(domain.as_bytes());
        bytes
    }

    fn put(&mut self, part: &[u8]) {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(part);
    }

    fn finish(self) -> Digest {
        Digest(keccak256(self.0))
    }
}
