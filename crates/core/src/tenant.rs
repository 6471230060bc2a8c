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
