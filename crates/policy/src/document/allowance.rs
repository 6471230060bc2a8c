//! How much others may be allowed to take later.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Account, AmountText, Span};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AllowanceRules {
    pub max_amount: AllowanceMax,
    #[serde(default)]
    pub spenders: Vec<Account>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_expiry: Option<Span>,
    #[serde(default)]
    pub allow_set_approval_for_all: bool,
}

/// `exact`, or an amount in token units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "String", into = "String")]
#[schemars(with = "String")]
pub enum AllowanceMax {
    /// What the call at hand needs.
    Exact,
    Amount(AmountText),
}

impl From<String> for AllowanceMax {
    fn from(text: String) -> Self {
        if text == "exact" {
            Self::Exact
        } else {
            Self::Amount(AmountText(text))
        }
    }
}

impl From<AllowanceMax> for String {
    fn from(max: AllowanceMax) -> Self {
        match max {
            AllowanceMax::Exact => "exact".to_owned(),
            AllowanceMax::Amount(AmountText(text)) => text,
        }
    }
}
