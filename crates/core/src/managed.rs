//! A record that a custom resource owns: only the operator, for that resource, changes it.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ResourceKind {
    Tenant,
    Wallet,
    Strategy,
    Policy,
}

/// The resource, as `kubectl` finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Managed {
    pub kind: ResourceKind,
    /// Absent for what is cluster-scoped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    pub name: String,
    /// Tells a resource from one that had its name before.
    pub uid: String,
}

impl ResourceKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "Tenant",
            Self::Wallet => "Wallet",
            Self::Strategy => "Strategy",
            Self::Policy => "Policy",
        }
    }
}

/// `Wallet vp-acme/treasury`
impl std::fmt::Display for Managed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind.as_str())?;
        match &self.namespace {
            Some(namespace) => write!(f, " {namespace}/{}", self.name),
            None => write!(f, " {}", self.name),
        }
    }
}
