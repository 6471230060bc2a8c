//! Policies that are applied at start.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_policy::Document;

/// A file, relative to the configuration file, or a whole document in its place.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum PolicySource {
    File(PathBuf),
    Inline(Box<Document>),
}

// By hand, because an untagged enum would only say that neither form fits.
impl<'de> Deserialize<'de> for PolicySource {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        match value {
            serde_json::Value::String(path) => Ok(Self::File(PathBuf::from(path))),
            document => serde_json::from_value(document)
                .map(Self::Inline)
                .map_err(serde::de::Error::custom),
        }
    }
}
