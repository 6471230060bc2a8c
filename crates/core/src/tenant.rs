//! A tenant, the border nothing crosses.

use serde::{Deserialize, Serialize};

use crate::{Label, Managed, TenantId, Timestamp};

/// The tenant's name in URLs: `/t/<name>/mcp`.
pub type TenantName = Label;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    pub id: TenantId,
    pub name: TenantName,
    pub state: TenantState,
    /// The Kubernetes namespace whose runtime may act for this tenant, and for no other.
    pub namespace: Option<String>,
    pub quota: Quota,
    pub keys: KeyManagement,
    pub managed: Option<Managed>,
    pub created_at: Timestamp,
}

/// A frozen tenant signs nothing; only a person thaws it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TenantState {
    Active,
    Frozen {
        reason: String,
        at: Timestamp,
    },
    /// Nobody acts for it any more; its records and wrapped keys are kept.
    Archived {
        at: Timestamp,
    },
}

/// What wraps the tenant's keys. It never changes once there is a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(tag = "provider", rename_all = "kebab-case", deny_unknown_fields)]
pub enum KeyManagement {
    /// The house's own root key.
    #[default]
    Local,
    /// A key of the transit engine of Vault or OpenBao.
    Vault {
        /// Where the transit engine is mounted, without slashes at its ends.
        mount: String,
        /// The key; it must be derived.
        key: String,
        /// The role that logs in, for the login methods that have roles.
        role: String,
    },
    /// A symmetric key of AWS KMS.
    AwsKms { key_arn: String },
}

impl KeyManagement {
    /// `local`, `vault` or `aws-kms`.
    pub const fn provider(&self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Vault { .. } => "vault",
            Self::AwsKms { .. } => "aws-kms",
        }
    }
}

/// How much a tenant may hold; absent means the house's own limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_wallets: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_strategies: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_api_keys: Option<u32>,
}
