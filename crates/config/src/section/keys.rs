//! How wallet keys are wrapped.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Export, Rule, Section};

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// Where the key encryption key comes from.
    pub kek: Kek,
    /// The file that holds the key encryption key. Absent: `kek` in the data folder, made at first
    /// start.
    pub kek_file: Option<PathBuf>,
    /// The file whose first line is the passphrase.
    pub passphrase_file: Option<PathBuf>,
    /// Key files of before, until `vaultpilot keys rotate` has moved what they wrap.
    pub previous_kek_files: Vec<PathBuf>,
    /// Whether wallet keys may be exported, sealed to their receiver.
    pub export: Export,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kek {
    /// 32 random bytes in a file only its owner reads.
    #[default]
    File,
    /// Derived from a passphrase with argon2id.
    Passphrase,
}

impl Section for Keys {
    fn validate(&self) -> Vec<(&'static str, Rule)> {
        let when = "keys.kek is passphrase";
        match (self.kek, &self.passphrase_file) {
            (Kek::Passphrase, None) => vec![("passphrase_file", Rule::Needed { when })],
            (Kek::File, Some(_)) => vec![("passphrase_file", Rule::Useless { unless: when })],
            _ => Vec::new(),
        }
    }
}
