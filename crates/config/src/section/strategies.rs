//! Whether a tenant's runtime drives strategies, and under which name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Rule, Section};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Strategies {
    /// Whether this process leases ticks that are due and has them carried out.
    pub enabled: bool,
    /// Who holds the leases: the pod's name. Two processes must not have the same.
    pub holder: String,
}

impl Default for Strategies {
    fn default() -> Self {
        Self {
            enabled: true,
            holder: String::new(),
        }
    }
}

impl Section for Strategies {
    fn validate(&self) -> Vec<(&'static str, Rule)> {
        if !self.enabled {
            return Vec::new();
        }
        let (given, least, most) = (u64::try_from(self.holder.len()).unwrap_or(u64::MAX), 1, 128);
        match given {
            0 => vec![(
                "holder",
                Rule::Needed {
                    when: "strategies are enabled",
                },
            )],
            _ if given > most => vec![("holder", Rule::OutOfRange { given, least, most })],
            _ => Vec::new(),
        }
    }
}
