//! Which wallets and agents a policy speaks about.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_core::Label;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Selector {
    /// Wallet labels, or `["*"]`.
    pub wallets: Vec<Pattern>,
    /// Names of agents (of their API keys), or `["*"]`.
    pub agents: Vec<Pattern>,
}

/// `*` or one label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String")]
pub enum Pattern {
    Any,
    Exactly(Label),
}

impl Serialize for Pattern {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Any => "*",
            Self::Exactly(label) => label.as_str(),
        })
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "*" {
            return Ok(Self::Any);
        }
        text.parse()
            .map(Self::Exactly)
            .map_err(serde::de::Error::custom)
    }
}
