//! A policy: what may be spent, by whom, to whom, and when a person is asked. The spec is the
//! spec of the policy document, field by field, so that one file serves the cluster, the
//! self-hosted edition and REST.
//!
//! What the format knows and this version does not enforce is refused by a rule of its own, as the
//! compiler of documents refuses it: a rule that looks written and does nothing is the worst of
//! policies.

mod account;
mod approval;
mod asset;
mod contract;
mod document;
mod gas;
mod recipient;
mod schedule;
mod selector;
mod signature;
mod status;
mod tool;

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{ChainId, Span};

pub use account::{AllowanceMax, AllowanceRules, NetworkRules};
pub use approval::{ApprovalRule, Require, When};
pub use asset::{AssetRule, CountRule, RollingRule};
pub use contract::{ContractRule, ParamRule};
pub use gas::{GasRules, SwapRules};
pub use recipient::{NewRecipient, RecipientRules};
pub use schedule::{Active, ScheduleRules};
pub use selector::Selector;
pub use signature::{DenyWord, SignatureRules};
pub use status::{PolicyProblem, PolicyStatus};
pub use tool::{Per, RateLimitRule, ToolRules};

/// What may be spent, by whom, to whom, and when a person is asked.
#[derive(CustomResource, KubeSchema, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "vaultpilot.io",
    version = "v1alpha1",
    kind = "Policy",
    plural = "policies",
    shortname = "vpp",
    category = "vaultpilot",
    namespaced,
    status = "PolicyStatus",
    derive = "PartialEq",
    doc = "What may be spent, by whom, to whom, and when a person is asked.",
    printcolumn(
        name = "Ready",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].status"
    ),
    printcolumn(
        name = "Reason",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].reason"
    ),
    printcolumn(name = "Mode", type_ = "string", json_path = ".spec.mode"),
    printcolumn(name = "Version", type_ = "integer", json_path = ".status.version"),
    printcolumn(name = "Hash", type_ = "string", json_path = ".status.hash"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    validation = Rule::new("self.metadata.name.size() <= 63")
        .message("a policy's name has at most 63 characters"),
    validation = Rule::new("!self.metadata.name.contains('.')")
        .message("a policy's name has no dots"),
    validation = Rule::new("!self.metadata.name.startsWith('wallet-')")
        .message("a policy's name does not begin with wallet-: so are the limits of wallets named")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("!has(self.mode) || self.mode == 'enforce'")
        .message("spec.mode: monitor is not enforced by this version; remove it"),
    validation = Rule::new("!has(self.contracts)")
        .message("spec.contracts is not enforced by this version; remove it"),
    validation = Rule::new("!has(self.allowances)")
        .message("spec.allowances is not enforced by this version; remove it"),
    validation = Rule::new("!has(self.swap)")
        .message("spec.swap is not enforced by this version; remove it"),
    validation = Rule::new("!has(self.schedule)")
        .message("spec.schedule is not enforced by this version; remove it"),
    validation = Rule::new("!has(self.assets) || (has(self.chains) && self.assets.all(a, a.chain in self.chains))")
        .message("an asset's chain must be in spec.chains, or it could never be spent"),
    validation = Rule::new("!has(self.approvals) || self.approvals.size() == 0 || (has(self.assets) && self.assets.size() > 0)")
        .message("spec.approvals is never used, because spec.assets is empty")
)]
pub struct PolicySpec {
    /// Which wallets and agents this policy speaks about.
    pub selector: Selector,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// The chains that may be used; none when absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), extend("x-kubernetes-list-type" = "set"))]
    pub chains: Vec<ChainId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<ToolRules>,
    /// The assets that may be spent; none when absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 128), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["chain", "token"]))]
    pub assets: Vec<AssetRule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipients: Option<RecipientRules>,
    /// Contracts and functions that may be called though they cannot be decoded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1, max = 64))]
    pub contracts: Vec<ContractRule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowances: Option<AllowanceRules>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signatures: Option<SignatureRules>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gas: Option<GasRules>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swap: Option<SwapRules>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkRules>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<ScheduleRules>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub approvals: Vec<ApprovalRule>,
    /// The same payment again within this time, under another `request_id`, is held back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_window: Option<Span>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    #[default]
    Enforce,
    /// Logs what would have been decided.
    Monitor,
}
