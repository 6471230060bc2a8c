//! Who tells pods apart, and what they are called.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rule::is_http;
use super::{Rule, Section, ServerUrl};

const OWN: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Identity {
    /// The Kubernetes API server, which is asked whose a token is.
    pub api_server: ServerUrl,
    /// The token this process shows the API server. Read at every question: it is renewed.
    pub token_file: PathBuf,
    /// Who signed the API server's certificate, PEM.
    pub ca_file: PathBuf,
    /// What a token must have been made for.
    pub audience: String,
    /// The service account that tenants' pods run as, in each tenant's namespace.
    pub service_account: String,
    /// The operator's service account: `namespace/name`.
    pub operator: String,
    /// The DNS name in the operator's client certificate.
    pub operator_certificate: String,
}

impl Identity {
    /// Namespace and name of the operator's service account.
    pub fn operator_account(&self) -> Option<(&str, &str)> {
        self.operator
            .split_once('/')
            .filter(|(namespace, name)| is_kubernetes_name(namespace) && is_kubernetes_name(name))
    }
}

impl Default for Identity {
    fn default() -> Self {
        Self {
            api_server: ServerUrl("https://kubernetes.default.svc".to_owned()),
            token_file: PathBuf::from(format!("{OWN}/token")),
            ca_file: PathBuf::from(format!("{OWN}/ca.crt")),
            audience: "vaultpilot-control-api".to_owned(),
            service_account: "mcp-runtime".to_owned(),
            operator: "vaultpilot-system/vaultpilot-operator".to_owned(),
            operator_certificate: "vaultpilot-operator".to_owned(),
        }
    }
}

impl Section for Identity {
    fn validate(&self) -> Vec<(&'static str, Rule)> {
        let mut broken =
            super::rule::absent(&[("token_file", &self.token_file), ("ca_file", &self.ca_file)]);
        // The token would travel in the clear.
        if !is_http(&self.api_server.0) || !self.api_server.0.starts_with("https://") {
            broken.push(("api_server", Rule::NotHttps));
        }
        if self.audience.is_empty() {
            broken.push(("audience", Rule::Empty));
        }
        if !is_kubernetes_name(&self.service_account) {
            broken.push(("service_account", Rule::NotAKubernetesName));
        }
        if self.operator_account().is_none() {
            broken.push(("operator", Rule::NotAnAccount));
        }
        if !is_kubernetes_name(&self.operator_certificate) {
            broken.push(("operator_certificate", Rule::NotAKubernetesName));
        }
        broken
    }
}

/// RFC 1123 subdomain, as names of service accounts and DNS names in certificates are.
fn is_kubernetes_name(text: &str) -> bool {
    let label = |label: &str| {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        !label.is_empty()
            && label.bytes().all(plain)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(label)
}
