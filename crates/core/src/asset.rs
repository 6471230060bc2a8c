//! What can be spent: a chain's native coin or a token contract on it.

use alloy_primitives::Address;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{AddressError, ChainId, parse_address};

/// `native` or the address of an ERC-20 contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String")]
pub enum Token {
    Native,
    Erc20(Address),
}

impl std::str::FromStr for Token {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if text == "native" {
            Ok(Self::Native)
        } else {
            parse_address(text).map(Self::Erc20)
        }
    }
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Native => f.write_str("native"),
            Self::Erc20(address) => f.write_str(&address.to_checksum(None)),
        }
    }
}

impl Serialize for Token {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A token on its chain.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Asset {
    pub chain: ChainId,
    pub token: Token,
}

impl Asset {
    pub const fn native(chain: ChainId) -> Self {
        Self {
            chain,
            token: Token::Native,
        }
    }

    pub const fn erc20(chain: ChainId, contract: Address) -> Self {
        Self {
            chain,
            token: Token::Erc20(contract),
        }
    }
}

impl std::fmt::Display for Asset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.chain, self.token)
    }
}
