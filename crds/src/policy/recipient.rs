//! Who may be paid.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Address, Span};

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecipientRules {
    /// Always fine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1024))]
    pub allow: Vec<Address>,
    /// Never, whatever any other policy says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1024))]
    pub deny: Vec<Address>,
    /// What happens to the rest; a person is asked when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_recipient: Option<NewRecipient>,
    /// How long ago a recipient must first have been paid to count as known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cooldown: Option<Span>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum NewRecipient {
    Allow,
    /// Known ones pass; for others a person is asked.
    #[default]
    Approve,
    /// Only those in `allow`.
    Deny,
}
