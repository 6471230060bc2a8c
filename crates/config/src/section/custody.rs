//! The files with secrets of the hosted edition.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Rule, Section};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Custody {
    /// The house's root key, for tenants whose keys it wraps: 64 hexadecimal digits, or a key file;
    /// for `serve`, its public half is enough. Lost, no wallet of theirs signs again.
    pub kek_file: PathBuf,
    /// Root keys of before, until `control-api keys rotate` has moved what they wrap.
    pub previous_kek_files: Vec<PathBuf>,
    /// What hashes of API keys are made with: 64 hexadecimal digits. Changed, no API key is known
    /// any more.
    pub pepper_file: PathBuf,
    /// What seals the context of a call between a tenant's pod and the control plane: 64 hexadecimal
    /// digits, the same for every replica. Changed, calls under way authenticate again.
    pub context_file: PathBuf,
    /// Whether wallet keys may be exported, sealed to their receiver. Two people must want it.
    pub export: Export,
}

/// Whether wallet keys may leave the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Export {
    /// Never.
    #[default]
    Off,
    /// Sealed to whoever is to have them.
    Sealed,
}

impl Default for Custody {
    fn default() -> Self {
        let beside = |name: &str| PathBuf::from(format!("/var/run/vaultpilot/keys/{name}"));
        Self {
            kek_file: beside("kek"),
            previous_kek_files: Vec::new(),
            pepper_file: beside("pepper"),
            context_file: beside("context"),
            export: Export::Off,
        }
    }
}

impl Section for Custody {
    fn validate(&self) -> Vec<(&'static str, Rule)> {
        let mut broken = super::rule::absent(&[
            ("kek_file", &self.kek_file),
            ("pepper_file", &self.pepper_file),
            ("context_file", &self.context_file),
        ]);
        if self.previous_kek_files.contains(&self.kek_file) {
            broken.push(("previous_kek_files", Rule::Same { other: "kek_file" }));
        }
        if self.pepper_file == self.kek_file {
            broken.push(("pepper_file", Rule::Same { other: "kek_file" }));
        }
        if self.context_file == self.kek_file {
            broken.push(("context_file", Rule::Same { other: "kek_file" }));
        } else if self.context_file == self.pepper_file {
            let other = "pepper_file";
            broken.push(("context_file", Rule::Same { other }));
        }
        broken
    }
}
