//! What the operator saw of a tenant.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::condition::{Condition, conditions};
use crate::value::{Id, Moment, Name, Sentence, Url};

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TenantStatus {
    /// The metadata.generation this status speaks about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
    /// The control API's id of the tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Endpoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime: Option<RuntimeStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallets: Option<WalletCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strategies: Option<StrategyCounts>,
    /// Approvals that wait for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approvals_pending: Option<i64>,
    /// Of the configuration the pods run with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_hash: Option<Id>,
    /// Of all policies in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_hash: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion: Option<BlockedDeletion>,
}

/// Where agents connect, as a real call found it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Endpoint {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<Url>,
    /// What access tokens must be issued for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protected_resource_metadata_url: Option<Url>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub protocol_versions: Vec<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_version: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_verified_time: Option<Moment>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RuntimeStatus {
    pub desired_replicas: i32,
    pub ready_replicas: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub image_digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_since: Option<Moment>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct WalletCounts {
    pub total: i32,
    pub ready: i32,
    pub funded: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct StrategyCounts {
    pub total: i32,
    pub active: i32,
    pub suspended: i32,
}

/// Why the object is still there though it was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct BlockedDeletion {
    /// What is in the way, such as `Wallet/treasury`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub blocked_by: Vec<Sentence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Moment>,
}
