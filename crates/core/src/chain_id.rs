//! CAIP-2 chain ids. Only the `eip155` namespace exists here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("chain id is not CAIP-2 of the eip155 namespace, such as \"eip155:8453\"")]
pub struct ChainIdError;

/// An EVM chain, written `eip155:<reference>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String")]
pub struct ChainId(u64);

impl ChainId {
    pub const fn eip155(reference: u64) -> Self {
        Self(reference)
    }

    /// The EIP-155 number.
    pub const fn reference(self) -> u64 {
        self.0
    }
}

impl std::str::FromStr for ChainId {
    type Err = ChainIdError;

    fn from_str(text: &str) -> Result<Self, ChainIdError> {
        let number = text.strip_prefix("eip155:").ok_or(ChainIdError)?;
        let plain = !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit())
            && !number.starts_with('0');
        if !plain {
            return Err(ChainIdError);
        }
        number.parse().map(Self).map_err(|_| ChainIdError)
    }
}

impl std::fmt::Display for ChainId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "eip155:{}", self.0)
    }
}

impl Serialize for ChainId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ChainId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
