//! Where it listens, and to whom.

use std::net::{Ipv4Addr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_policy::document::Network;

use super::rule::{is_host, is_http, is_origin};
use super::{Rule, Section};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address of the API, the MCP endpoints and the admin page.
    pub listen: SocketAddr,
    /// Address of `/metrics`, `/healthz` and `/readyz`. Absent: the same as `listen`.
    pub metrics_listen: Option<SocketAddr>,
    /// The URL it is reached by from outside, such as `https://vault.example.com`. MCP clients must
    /// use exactly this origin. Absent: `http://` and `listen`.
    pub public_url: Option<ServerUrl>,
    /// Host headers that are answered, beside the loopback names and the public URL's host.
    pub allowed_hosts: Vec<String>,
    /// Origin headers of browsers that are answered, beside the public URL's own.
    pub allowed_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed, as CIDR or addresses.
    pub trusted_proxies: Vec<Network>,
    /// Largest request body, in bytes.
    pub max_request_bytes: u64,
}

/// An `http://` or `https://` URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ServerUrl(pub String);

impl Server {
    /// The base URL without a trailing slash.
    pub fn base_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.0.trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.listen),
        }
    }

    /// Whether anybody but this machine can reach it.
    pub fn is_exposed(&self) -> bool {
        !self.listen.ip().is_loopback()
            || self
                .metrics_listen
                .is_some_and(|metrics| !metrics.ip().is_loopback())
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8420)),
            metrics_listen: None,
            public_url: None,
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            max_request_bytes: 1024 * 1024,
        }
    }
}

impl Section for Server {
    fn validate(&self) -> Vec<(&'static str, Rule)> {
        let mut broken = Vec::new();
        if self.public_url.as_ref().is_some_and(|url| !is_http(&url.0)) {
            broken.push(("public_url", Rule::NotHttp));
        }
        if self.allowed_hosts.iter().any(|host| !is_host(host)) {
            broken.push(("allowed_hosts", Rule::NotAHost));
        }
        if self.allowed_origins.iter().any(|origin| !is_origin(origin)) {
            broken.push(("allowed_origins", Rule::NotAnOrigin));
        }
        let (given, least, most) = (self.max_request_bytes, 1024, 64 * 1024 * 1024);
        if !(least..=most).contains(&given) {
            broken.push(("max_request_bytes", Rule::OutOfRange { given, least, most }));
        }
        // Without a name of its own it could not tell a rebound host from a rightful one.
        let named = self.public_url.is_some() || !self.allowed_hosts.is_empty();
        if self.listen.ip().is_unspecified() && !named {
            broken.push(("listen", Rule::HostsUnknown));
        }
        broken
    }
}
