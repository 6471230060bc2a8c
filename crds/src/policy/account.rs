//! Who may take later, and from where a caller may come.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Address, Network, Span};

/// How much others may be allowed to take later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AllowanceRules {
    pub max_amount: AllowanceMax,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub spenders: Vec<Address>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_expiry: Option<Span>,
    #[serde(default)]
    pub allow_set_approval_for_all: bool,
}

/// `exact`, or an amount in token units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("maxLength" = 100, "pattern" = "^(exact|[0-9]+([.][0-9]+)?)$"))]
pub struct AllowanceMax(pub String);

/// From where a caller may come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct NetworkRules {
    /// Networks in CIDR form, or single addresses. A caller whose address cannot be told is denied.
    #[schemars(length(min = 1, max = 64))]
    #[x_kube(validation = Rule::new("self.all(n, n.contains('/') ? isCIDR(n) : isIP(n))")
        .message("ipAllow holds networks such as 10.0.0.0/8, or addresses"))]
    pub ip_allow: Vec<Network>,
}
