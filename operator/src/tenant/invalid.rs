//! Why a tenant cannot be built, in which condition that shows, and what to do about it.

use vaultpilot_crds::TenantCondition;

use crate::reason::Reason;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    #[error("{field}: {message}")]
    Spec {
        field: &'static str,
        message: String,
    },
    #[error("{field} is not offered by this version: {message}")]
    Unsupported {
        field: &'static str,
        message: &'static str,
    },
    #[error(
        "namespace {namespace} is Tenant {rival}'s; give spec.namespace.name another value in a new Tenant"
    )]
    NamespaceConflict { namespace: String, rival: String },
    #[error(
        "namespace {namespace} exists and is not this tenant's; set spec.namespace.adopt to take it over, or delete it"
    )]
    ForeignNamespace { namespace: String },
    #[error(
        "namespace {namespace} cannot be adopted while foreign pods run in it: {}",
        pods.join(", ")
    )]
    NamespaceInUse {
        namespace: String,
        pods: Vec<String>,
    },
    #[error("namespace {namespace} is being deleted; it is made again when it is gone")]
    NamespaceTerminating { namespace: String },
    #[error("{field}: {peer} {why}")]
    ForbiddenNetwork {
        field: &'static str,
        peer: String,
        why: &'static str,
    },
    #[error("{field}: Service {name} of namespace {namespace} has no such port or is not there")]
    ServiceNotFound {
        field: &'static str,
        namespace: String,
        name: String,
    },
    #[error("spec.policyRefs: Policy {name} is not in the tenant's namespace")]
    PolicyNotFound { name: String },
    #[error("spec.policyRefs: Policy {name} does not select all wallets, \"*\"")]
    PolicyDoesNotSelect { name: String },
}

impl Invalid {
    pub const fn reason(&self) -> Reason {
        match self {
            Self::Spec { .. } => Reason::InvalidSpec,
            Self::Unsupported { .. } => Reason::UnsupportedField,
            Self::NamespaceConflict { .. } => Reason::NamespaceConflict,
            Self::ForeignNamespace { .. } | Self::NamespaceInUse { .. } => Reason::ForeignObject,
            Self::NamespaceTerminating { .. } => Reason::NamespaceTerminating,
            Self::ForbiddenNetwork { .. } => Reason::ForbiddenNetwork,
            Self::ServiceNotFound { .. } => Reason::ServiceNotFound,
            Self::PolicyNotFound { .. } => Reason::PolicyNotFound,
            Self::PolicyDoesNotSelect { .. } => Reason::PolicyDoesNotSelect,
        }
    }

    /// Where it shows, beside `Ready`.
    pub const fn condition(&self) -> TenantCondition {
        match self {
            Self::NamespaceConflict { .. }
            | Self::ForeignNamespace { .. }
            | Self::NamespaceInUse { .. }
            | Self::NamespaceTerminating { .. } => TenantCondition::NamespaceReady,
            _ => TenantCondition::Accepted,
        }
    }

    /// Whether it can only heal by somebody changing something.
    pub const fn stalls(&self) -> bool {
        !matches!(self, Self::NamespaceTerminating { .. })
    }
}
