//! What happens after failures.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What happens after failures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FailurePolicy {
    /// The strategy suspends itself after so many failed runs in a row; never when 0.
    #[schemars(range(min = 0, max = 1000))]
    pub suspend_after: i32,
}

impl Default for FailurePolicy {
    fn default() -> Self {
        Self { suspend_after: 5 }
    }
}
