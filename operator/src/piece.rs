//! An object as the operator wants it to be, and which objects there can be at all.

mod difference;

use kube::api::ApiResource;
use kube::core::GroupVersionKind;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

pub use difference::differs;

/// Every kind the operator makes, in the order it makes them: the borders of a tenant stand before
/// anything runs behind them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Namespace,
    NetworkPolicy,
    ResourceQuota,
    LimitRange,
    ServiceAccount,
    ConfigMap,
    Service,
    Deployment,
    PodDisruptionBudget,
    HorizontalPodAutoscaler,
    HttpRoute,
    Ingress,
}

impl Kind {
    pub const ALL: [Self; 12] = [
        Self::Namespace,
        Self::NetworkPolicy,
        Self::ResourceQuota,
        Self::LimitRange,
        Self::ServiceAccount,
        Self::ConfigMap,
        Self::Service,
        Self::Deployment,
        Self::PodDisruptionBudget,
        Self::HorizontalPodAutoscaler,
        Self::HttpRoute,
        Self::Ingress,
    ];

    /// Group, version, kind, plural.
    const fn identity(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Namespace => ("", "v1", "Namespace", "namespaces"),
            Self::NetworkPolicy => (
                "networking.k8s.io",
                "v1",
                "NetworkPolicy",
                "networkpolicies",
            ),
            Self::ResourceQuota => ("", "v1", "ResourceQuota", "resourcequotas"),
            Self::LimitRange => ("", "v1", "LimitRange", "limitranges"),
            Self::ServiceAccount => ("", "v1", "ServiceAccount", "serviceaccounts"),
            Self::ConfigMap => ("", "v1", "ConfigMap", "configmaps"),
            Self::Service => ("", "v1", "Service", "services"),
            Self::Deployment => ("apps", "v1", "Deployment", "deployments"),
            Self::PodDisruptionBudget => (
                "policy",
                "v1",
                "PodDisruptionBudget",
                "poddisruptionbudgets",
            ),
            Self::HorizontalPodAutoscaler => (
                "autoscaling",
                "v2",
                "HorizontalPodAutoscaler",
                "horizontalpodautoscalers",
            ),
            Self::HttpRoute => ("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes"),
            Self::Ingress => ("networking.k8s.io", "v1", "Ingress", "ingresses"),
        }
    }

    pub const fn as_str(self) -> &'static str {
        self.identity().2
    }

    pub fn api_version(self) -> String {
        let (group, version, ..) = self.identity();
        if group.is_empty() {
            version.to_owned()
        } else {
            format!("{group}/{version}")
        }
    }

    pub fn resource(self) -> ApiResource {
        let (group, version, kind, plural) = self.identity();
        ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, kind), plural)
    }
}

/// One object as it is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    pub kind: Kind,
    /// Absent for a namespace.
    pub namespace: Option<String>,
    pub name: String,
    pub body: Value,
}

impl Piece {
    /// `object` has its metadata with name and namespace.
    #[expect(clippy::missing_panics_doc, reason = "plain data always serialises")]
    pub fn new(kind: Kind, object: &impl Serialize) -> Self {
        let body = serde_json::to_value(object).expect("plain data always serialises");
        let text = |key: &str| body["metadata"][key].as_str().map(str::to_owned);
        Self {
            kind,
            namespace: text("namespace"),
            name: text("name").unwrap_or_default(),
            body,
        }
    }

    /// Names the content: what a later version no longer sets changes it too.
    pub fn digest(&self) -> String {
        digest(self.body.to_string().as_bytes(), 16)
    }
}

/// `Deployment mcp-runtime`
impl std::fmt::Display for Piece {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind.as_str(), self.name)
    }
}

/// The first `length` hexadecimal digits of the SHA-256.
pub fn digest(bytes: &[u8], length: usize) -> String {
    let full = Sha256::digest(bytes);
    let text = full.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = std::fmt::Write::write_fmt(&mut text, format_args!("{byte:02x}"));
        text
    });
    text.chars().take(length).collect()
}

#[cfg(test)]
mod tests;
