//! When a policy's allows apply.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Span;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleRules {
    pub active: Vec<Active>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Active {
    /// Five fields, when the time begins.
    pub cron: String,
    pub duration: Span,
    /// An IANA name such as `Europe/Berlin`.
    pub time_zone: String,
}
