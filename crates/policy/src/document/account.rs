//! An address in a document, with EIP-55 checked.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_core::{Address, parse_address};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String")]
pub struct Account(pub Address);

impl Serialize for Account {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_checksum(None))
    }
}

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_address(&text)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}
