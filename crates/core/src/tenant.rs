//! A tenant, the border nothing crosses.

use serde::{Deserialize, Serialize};

use crate::{Label, TenantId, Timestamp};

/// The tenant's name in URLs: `/t/<name>/mcp`.
pub type TenantName = Label;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    pub id: TenantId,
    pub name: TenantName,
    pub state: TenantState,
    pub created_at: Timestamp,
}

/// A frozen tenant signs nothing; only a person thaws it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TenantState {
    Active,
    Frozen { reason: String, at: Timestamp },
}
