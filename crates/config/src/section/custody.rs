//! The files with secrets of the hosted edition.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Rule, Section};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Custody {
    /// The key encryption key of all wallets: 64 hexadecimal digits, or a key file. Lost, no wallet
    /// signs again; never change it once there are wallets.
    pub kek_file: PathBuf,
    /// What hashes of API keys are made with: 64 hexadecimal digits. Changed, no API key is known
    /// any more.
    pub pepper_file: PathBuf,
    /// What seals the context of a call between a tenant's pod and the control plane: 64 hexadecimal
    /// digits, the same for every replica. Changed, calls under way authenticate again.
    pub context_file: PathBuf,
}

impl Default for Custody {
    fn default() -> Self {
        let beside = |name: &str| PathBuf::from(format!("/var/run/vaultpilot/keys/{name}"));
        Self {
            kek_file: beside("kek"),
            pepper_file: beside("pepper"),
            context_file: beside("context"),
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
