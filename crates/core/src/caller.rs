//! Who asks: an authenticated principal in one tenant, from one address.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{KeyId, Label, Role, Scope, StrategyId, TenantId};

/// The name policies match agents by: the API key's label.
pub type AgentName = Label;

/// What kind of principal stands behind a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CallerKind {
    /// A key an agent holds.
    Agent { key: KeyId, name: AgentName },
    /// A person with a key of their own: the owner of a self-hosted edition, an approver.
    Person { key: KeyId, name: Label },
    /// A strategy that was written down before; its name is what policies match.
    Strategy { id: StrategyId, name: Label },
    /// The house itself: timers and recovery.
    System,
}

/// An authenticated call's origin. Made only by authentication; handed down as the first parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    pub tenant: TenantId,
    pub kind: CallerKind,
    pub role: Role,
    pub scopes: Vec<Scope>,
    /// The address after trusted proxies; `None` when it cannot be told.
    pub ip: Option<IpAddr>,
}

impl Caller {
    pub fn system(tenant: TenantId) -> Self {
        Self {
            tenant,
            kind: CallerKind::System,
            role: Role::Viewer,
            scopes: vec![],
            ip: None,
        }
    }

    pub fn has(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// The name policies and audit entries know the caller by.
    pub fn name(&self) -> &str {
        match &self.kind {
            CallerKind::Agent { name, .. }
            | CallerKind::Person { name, .. }
            | CallerKind::Strategy { name, .. } => name.as_str(),
            CallerKind::System => "system",
        }
    }

    pub const fn key(&self) -> Option<KeyId> {
        match self.kind {
            CallerKind::Agent { key, .. } | CallerKind::Person { key, .. } => Some(key),
            CallerKind::Strategy { .. } | CallerKind::System => None,
        }
    }

    pub const fn is_person(&self) -> bool {
        matches!(self.kind, CallerKind::Person { .. })
    }
}
