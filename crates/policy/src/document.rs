//! The policy document as people write it: YAML on disk, JSON over REST, one shape for both.
//!
//! It holds every section the format knows, also those this version does not enforce; `compile`
//! refuses the latter, so nothing that is written is silently ignored.

pub mod account;
pub mod allowance;
pub mod amount;
pub mod approval;
pub mod asset;
pub mod contract;
pub mod error;
pub mod gas;
pub mod network;
pub mod read;
pub mod recipient;
pub mod schedule;
pub mod selector;
pub mod signature;
pub mod span;
pub mod swap;
pub mod tool;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_core::{Asset, ChainId, Label};

pub use account::Account;
pub use allowance::{AllowanceMax, AllowanceRules};
pub use amount::AmountText;
pub use approval::{ApprovalRule, Require, When};
pub use asset::{AssetRule, CountRule, RollingRule};
pub use contract::{ContractRule, ParamRule};
pub use error::DocumentError;
pub use gas::GasRules;
pub use network::{Network, NetworkRules};
pub use recipient::{NewRecipient, RecipientRules};
pub use schedule::{Active, ScheduleRules};
pub use selector::{Pattern, Selector};
pub use signature::{DenyWord, MessageRule, SignatureRules, TypedDataRule, TypedDataRules};
pub use span::Span;
pub use swap::SwapRules;
pub use tool::{Per, RateLimitRule, ToolPattern, ToolRules};

/// A policy as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Document {
    pub api_version: ApiVersion,
    pub kind: Kind,
    pub metadata: Metadata,
    pub spec: Spec,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ApiVersion {
    #[serde(rename = "vaultpilot.io/v1alpha1")]
    V1Alpha1,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Kind {
    Policy,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// Unique in the tenant.
    pub name: Label,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Spec {
    /// Which wallets and agents this policy speaks about.
    pub selector: Selector,
    #[serde(default, skip_serializing_if = "Mode::is_enforce")]
    pub mode: Mode,
    /// The chains that may be used; none when absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chains: Vec<ChainId>,
    #[serde(default, skip_serializing_if = "ToolRules::is_empty")]
    pub tools: ToolRules,
    /// The assets that may be spent; none when absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assets: Vec<AssetRule>,
    #[serde(default, skip_serializing_if = "RecipientRules::is_default")]
    pub recipients: RecipientRules,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contracts: Vec<ContractRule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowances: Option<AllowanceRules>,
    #[serde(default, skip_serializing_if = "SignatureRules::denies_all")]
    pub signatures: SignatureRules,
    #[serde(default, skip_serializing_if = "GasRules::is_empty")]
    pub gas: GasRules,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swap: Option<SwapRules>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkRules>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<ScheduleRules>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
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

impl Mode {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde asks for a reference"
    )]
    fn is_enforce(&self) -> bool {
        matches!(self, Self::Enforce)
    }
}

impl Document {
    /// The assets this document names: whoever compiles it must know their decimals.
    pub fn assets(&self) -> BTreeSet<Asset> {
        self.spec.assets.iter().map(AssetRule::asset).collect()
    }
}

#[cfg(test)]
mod tests;
