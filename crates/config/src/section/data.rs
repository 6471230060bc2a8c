//! Where it keeps what it must not lose.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Rule, Section};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Data {
    /// Folder of database, wrapped keys and key encryption key. Where `XDG_DATA_HOME` is set, the
    /// default is `vaultpilot` below it. A leading `~` is the home folder.
    pub dir: PathBuf,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            dir: PathBuf::from("~/.local/share/vaultpilot"),
        }
    }
}

impl Section for Data {
    fn validate(&self) -> Vec<(&'static str, Rule)> {
        if self.dir.as_os_str().is_empty() {
            vec![("dir", Rule::Empty)]
        } else {
            Vec::new()
        }
    }
}
