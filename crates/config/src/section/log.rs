//! What it writes to standard error.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Rule, Section};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug` or `trace`, or directives such as
    /// `warn,vaultpilot_chain=debug`.
    pub level: String,
    /// `text` for people, or `json` for machines.
    pub format: LogFormat,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for machines.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        // The live stream on standard output tells what happens; the log tells what is wrong.
        Self {
            level: "warn".to_owned(),
            format: LogFormat::default(),
        }
    }
}

impl Section for Log {
    fn validate(&self) -> Vec<(&'static str, Rule)> {
        if self.level.is_empty() {
            vec![("level", Rule::Empty)]
        } else {
            Vec::new()
        }
    }
}
