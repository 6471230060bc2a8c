//! Who may be paid.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Account, Span};

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RecipientRules {
    /// Always fine.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<Account>,
    /// Never, whatever any other policy says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deny: Vec<Account>,
    /// What happens to the rest.
    pub new_recipient: NewRecipient,
    /// How long ago a recipient must first have been paid to count as known.
    pub cooldown: Span,
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

impl RecipientRules {
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
