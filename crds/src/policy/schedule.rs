//! When a policy's allows apply.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Cron, Span, TimeZone};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScheduleRules {
    #[schemars(length(max = 32))]
    pub active: Vec<Active>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Active {
    /// Five fields, when the time begins.
    pub cron: Cron,
    pub duration: Span,
    /// An IANA name such as `Europe/Berlin`.
    pub time_zone: TimeZone,
}
