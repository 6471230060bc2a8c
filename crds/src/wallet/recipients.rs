//! Who may be paid from a wallet.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::Address;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct WalletRecipients {
    /// Only these, when any are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256), extend("x-kubernetes-list-type" = "set"))]
    pub allow: Vec<Address>,
    /// Never, whatever any policy says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256), extend("x-kubernetes-list-type" = "set"))]
    pub deny: Vec<Address>,
}
