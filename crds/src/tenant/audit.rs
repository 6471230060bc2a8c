//! What is kept about the tenant's doings, and who may look through its eyes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::Span;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Audit {
    /// How long audit entries are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Span>,
    /// Keeps the arguments of tool calls out of the trail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redact_arguments: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Impersonation {
    /// Whether support may act in the tenant's name.
    #[serde(default)]
    pub allowed: bool,
}
