//! A tenant: one customer, team or environment, with a namespace, pods and wallets of its own.

mod audit;
mod chain;
mod key_management;
mod mcp;
mod namespace;
mod network;
mod notification;
mod owner;
mod quota;
mod runtime;
mod status;

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::reference::NameRef;
use crate::value::{Name, Sentence};

pub use audit::{Audit, Impersonation};
pub use chain::TenantChain;
pub use key_management::{AwsKms, KeyManagement, KeyProvider, VaultTransit};
pub use mcp::{AuthMode, Exposure, GatewayRef, Mcp, RateLimit, ToolFilter};
pub use namespace::TenantNamespace;
pub use network::{DnsPeer, EgressPort, ExtraEgress, NetworkPeer, PortProtocol, TenantNetwork};
pub use notification::{Notification, NotificationEvent, Webhook};
pub use owner::{Owner, OwnerKind};
pub use quota::TenantQuota;
pub use runtime::{
    DisruptionBudget, LogLevel, Resources, Runtime, TaintEffect, Toleration, TolerationOperator,
    TopologySpread, WhenUnsatisfiable,
};
pub use status::{
    BlockedDeletion, Endpoint, RuntimeStatus, StrategyCounts, TenantStatus, WalletCounts,
};

/// One customer, team or environment: a namespace, MCP pods and wallets of its own.
#[derive(CustomResource, KubeSchema, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "vaultpilot.io",
    version = "v1alpha1",
    kind = "Tenant",
    plural = "tenants",
    shortname = "vpt",
    category = "vaultpilot",
    status = "TenantStatus",
    derive = "PartialEq",
    doc = "One customer, team or environment: a namespace, MCP pods and wallets of its own.",
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
    printcolumn(name = "Endpoint", type_ = "string", json_path = ".status.endpoint.url"),
    printcolumn(name = "Plan", type_ = "string", json_path = ".spec.plan"),
    printcolumn(
        name = "Replicas",
        type_ = "integer",
        json_path = ".status.runtime.readyReplicas"
    ),
    printcolumn(name = "Wallets", type_ = "integer", json_path = ".status.wallets.total"),
    printcolumn(name = "Suspended", type_ = "boolean", json_path = ".spec.suspended"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    validation = Rule::new("self.metadata.name.size() <= 56")
        .message("a tenant's name has at most 56 characters, so that vp-<name> is a namespace"),
    validation = Rule::new("!self.metadata.name.contains('.')")
        .message("a tenant's name has no dots: it is part of a path, a label and a namespace")
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("self.keyManagement == oldSelf.keyManagement")
        .message("keyManagement is immutable: the tenant's keys are wrapped by it")
        .field_path(".keyManagement")
        .reason(Reason::FieldValueForbidden)
)]
pub struct TenantSpec {
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128))]
    pub display_name: Option<Sentence>,
    /// Stops all of the tenant's payments and pods. Nothing is deleted.
    #[serde(default)]
    pub suspended: bool,
    /// While true, deleting the object is refused.
    #[serde(default = "yes")]
    pub deletion_protection: bool,
    /// What becomes of the tenant's record when the object is deleted.
    #[serde(default)]
    pub deletion_policy: DeletionPolicy,
    /// The plan that was agreed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Name>,
    #[serde(default)]
    pub namespace: TenantNamespace,
    /// People and groups that administer the tenant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub owners: Vec<Owner>,
    /// What wraps the tenant's keys. It cannot be changed.
    pub key_management: KeyManagement,
    /// The chains the tenant may use; none when absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["id"]))]
    pub chains: Vec<TenantChain>,
    /// How agents reach the tenant.
    #[serde(default)]
    pub mcp: Mcp,
    /// The pods that speak MCP.
    #[serde(default)]
    pub runtime: Runtime,
    /// Whom the pods may talk to beyond what they need.
    #[serde(default)]
    pub network: TenantNetwork,
    #[serde(default)]
    pub quota: TenantQuota,
    /// Policies of the tenant's namespace that hold for all of its wallets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub policy_refs: Vec<NameRef>,
    /// Who is told what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    #[x_kube(validation = Rule::new("self.size() == 0")
        .message("notifications are not sent by this version; remove them")
        .reason(Reason::FieldValueForbidden))]
    pub notifications: Vec<Notification>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("!has(self.retention) && !has(self.redactArguments)")
        .message("audit settings of a tenant are not followed by this version; remove them")
        .reason(Reason::FieldValueForbidden))]
    pub audit: Option<Audit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("!self.allowed")
        .message("impersonation is not offered by this version; remove it")
        .reason(Reason::FieldValueForbidden))]
    pub impersonation: Option<Impersonation>,
}

/// There is no `Delete`: deleting an object never destroys a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum DeletionPolicy {
    /// The record stays as it is, detached.
    #[default]
    Retain,
    /// The record is closed; its history stays.
    Archive,
}

fn yes() -> bool {
    true
}
