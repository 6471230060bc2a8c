//! How people are asked about a wallet's payments.

use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Person, Span};

/// How people are asked when an amount is above `approvalAbove`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct WalletApproval {
    /// Whether the approver must also give a one-time code.
    #[serde(default = "super::yes")]
    pub confirmation_code: bool,
    /// How many people must agree.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 10))]
    #[x_kube(validation = Rule::new("self <= 1")
        .message("a quorum above 1 is not enforced by this version"))]
    pub quorum: i32,
    /// Whose agreement counts; anybody's who may approve when absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "set"))]
    pub approver_groups: Vec<Person>,
    /// How long the question stays open; expiry is a denial.
    #[serde(default = "half_an_hour")]
    pub ttl: Span,
}

fn one() -> i32 {
    1
}

fn half_an_hour() -> Span {
    "30m".into()
}
