//! How wallet keys are wrapped.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_core::KeyManagement;

use super::{Export, Rule, Section};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// What wraps the keys of a house that is made now. A house that is there keeps what it has.
    pub root: Root,
    /// For root `vault`: where the transit engine is mounted.
    pub transit_mount: String,
    /// For root `vault`: the key, which must be derived.
    pub transit_key: Option<String>,
    /// For root `aws_kms`: the symmetric key.
    pub kms_key_arn: Option<String>,
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

/// What wraps the tenant's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Root {
    /// The house's own key, in `kek_file`.
    #[default]
    Local,
    /// A key of the transit engine of Vault or OpenBao; see `vault`.
    Vault,
    /// A symmetric key of AWS KMS; see `aws_kms`.
    AwsKms,
}

impl Keys {
    /// What wraps the keys of a tenant that is made now.
    pub fn management(&self, vault_role: Option<&str>) -> KeyManagement {
        match self.root {
            Root::Local => KeyManagement::Local,
            Root::Vault => KeyManagement::Vault {
                mount: self.transit_mount.trim_matches('/').to_owned(),
                key: self.transit_key.clone().unwrap_or_default(),
                role: vault_role.unwrap_or("vaultpilot").to_owned(),
            },
            Root::AwsKms => KeyManagement::AwsKms {
                key_arn: self.kms_key_arn.clone().unwrap_or_default(),
            },
        }
    }
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            root: Root::default(),
            transit_mount: "transit".to_owned(),
            transit_key: None,
            kms_key_arn: None,
            kek: Kek::default(),
            kek_file: None,
            passphrase_file: None,
            previous_kek_files: Vec::new(),
            export: Export::default(),
        }
    }
}

impl Section for Keys {
    fn validate(&self) -> Vec<(&'static str, Rule)> {
        let when = "keys.kek is passphrase";
        let mut broken = match (self.kek, &self.passphrase_file) {
            (Kek::Passphrase, None) => vec![("passphrase_file", Rule::Needed { when })],
            (Kek::File, Some(_)) => vec![("passphrase_file", Rule::Useless { unless: when })],
            _ => Vec::new(),
        };
        for (key, when, root, is_given) in [
            (
                "transit_key",
                "keys.root is vault",
                Root::Vault,
                self.transit_key.is_some(),
            ),
            (
                "kms_key_arn",
                "keys.root is aws_kms",
                Root::AwsKms,
                self.kms_key_arn.is_some(),
            ),
        ] {
            match (self.root == root, is_given) {
                (true, false) => broken.push((key, Rule::Needed { when })),
                (false, true) => broken.push((key, Rule::Useless { unless: when })),
                _ => {}
            }
        }
        if self.root == Root::Vault && self.transit_mount.trim_matches('/').is_empty() {
            broken.push(("transit_mount", Rule::Empty));
        }
        broken
    }
}
