//! How agents reach the tenant.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Host, HttpsUrl, Name, Network, ObjectName, Origin, Path, Span, ToolPattern};

/// How agents reach the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("has(self.gatewayRef) == (self.exposure == 'Gateway')")
        .message("gatewayRef belongs to exposure Gateway, which needs it"),
    validation = Rule::new("self.exposure == 'Ingress' || !has(self.ingressClassName)")
        .message("ingressClassName belongs to exposure Ingress"),
    validation = Rule::new("self.exposure == 'Ingress' || !has(self.tlsSecretName)")
        .message("tlsSecretName belongs to exposure Ingress; a Gateway has its own certificates"),
    validation = Rule::new("has(self.host) || self.exposure == 'ClusterInternal'")
        .message("host is needed by exposure Gateway and Ingress"),
    validation = Rule::new("self.authMode == 'ApiKey' || (has(self.issuers) && self.issuers.size() > 0)")
        .message("issuers are needed unless authMode is ApiKey"),
    validation = Rule::new("self.authMode != 'ApiKey' || !has(self.issuers)")
        .message("issuers belong to authMode OAuth and OAuthAndApiKey")
)]
pub struct Mcp {
    /// How calls from outside the cluster come in; not at all by default.
    #[serde(default)]
    pub exposure: Exposure,
    /// The Gateway an `HTTPRoute` is attached to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway_ref: Option<GatewayRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ingress_class_name: Option<ObjectName>,
    /// A TLS Secret of the tenant's namespace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_secret_name: Option<ObjectName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Host>,
    /// In front of `/t/<tenant>/mcp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("self == '/'")
        .message("mcp.path is not followed by this version; remove it")
        .reason(Reason::FieldValueForbidden))]
    pub path: Option<Path>,
    #[serde(default)]
    pub auth_mode: AuthMode,
    /// Who issues the tokens that are believed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8), extend("x-kubernetes-list-type" = "set"))]
    pub issuers: Vec<HttpsUrl>,
    /// Where callers may come from; anywhere when absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), extend("x-kubernetes-list-type" = "set"))]
    #[x_kube(validation = Rule::new("self.all(n, n.contains('/') ? isCIDR(n) : isIP(n))")
        .message("allowedCidrs holds networks such as 10.0.0.0/8, or addresses"))]
    pub allowed_cidrs: Vec<Network>,
    /// The pages that browsers may call from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "set"))]
    pub allowed_origins: Vec<Origin>,
    /// Which tools are shown at all. A Policy can say the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("!has(self.allow) && !has(self.deny)")
        .message("mcp.tools is not followed by this version; remove it")
        .reason(Reason::FieldValueForbidden))]
    pub tools: Option<ToolFilter>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("false")
        .message("mcp.rateLimit is not followed by this version; remove it")
        .reason(Reason::FieldValueForbidden))]
    pub rate_limit: Option<RateLimit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1024, max = 16_777_216))]
    pub max_request_bytes: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("false")
        .message("mcp.requestTimeout is not followed by this version; remove it")
        .reason(Reason::FieldValueForbidden))]
    pub request_timeout: Option<Span>,
    /// Whether clients of the older protocol revision are served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("self")
        .message("mcp.legacyClients: false is not followed by this version; remove it")
        .reason(Reason::FieldValueForbidden))]
    pub legacy_clients: Option<bool>,
    /// Whether tools may show pages of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("!self")
        .message("mcp.apps is not followed by this version; remove it")
        .reason(Reason::FieldValueForbidden))]
    pub apps: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum Exposure {
    /// An `HTTPRoute`.
    Gateway,
    /// An Ingress.
    Ingress,
    /// No route: only from inside the cluster.
    #[default]
    ClusterInternal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum AuthMode {
    OAuth,
    #[default]
    ApiKey,
    OAuthAndApiKey,
}

/// A Gateway, which may be in another namespace if its listeners let it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GatewayRef {
    pub name: ObjectName,
    pub namespace: Name,
    /// A listener of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section_name: Option<ObjectName>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ToolFilter {
    /// All when absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 128), extend("x-kubernetes-list-type" = "set"))]
    pub allow: Vec<ToolPattern>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 128), extend("x-kubernetes-list-type" = "set"))]
    pub deny: Vec<ToolPattern>,
}

/// How many calls a pod takes from one caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RateLimit {
    #[schemars(range(min = 1, max = 1_000_000))]
    pub requests_per_minute: i32,
    /// How many may come at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100_000))]
    pub burst: Option<i32>,
}
