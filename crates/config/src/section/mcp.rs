//! The hosted edition's door of a tenant's agents.

use std::net::{Ipv4Addr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_core::TenantName;
use vaultpilot_policy::document::{Network, Span};

use super::rule::{is_host, is_http, is_origin};
use super::{Rule, Section, ServerUrl};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Mcp {
    /// The one tenant that is served.
    pub tenant: Option<TenantName>,
    /// Address of the MCP endpoint.
    pub listen: SocketAddr,
    /// The URL it is reached by, such as `https://mcp.example.com`, without a path.
    pub public_url: Option<ServerUrl>,
    /// Host headers that are answered, beside the public URL's host.
    pub allowed_hosts: Vec<String>,
    /// Origin headers of browsers that are answered, beside the public URL's own.
    pub allowed_origins: Vec<String>,
    /// Issuers of clients that can do OAuth; none means API keys only.
    pub authorization_servers: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed, as CIDR or addresses.
    pub trusted_proxies: Vec<Network>,
    /// Largest request body, in bytes.
    pub max_request_bytes: u64,
    /// How long a body may take to arrive.
    pub body_timeout: Span,
    /// Connections open at once; more wait.
    pub max_connections: u64,
    /// How long requests in flight may take when the process ends.
    pub drain_grace: Span,
}

impl Default for Mcp {
    fn default() -> Self {
        Self {
            tenant: None,
            listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 8080)),
            public_url: None,
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            authorization_servers: Vec::new(),
            trusted_proxies: Vec::new(),
            max_request_bytes: 1024 * 1024,
            body_timeout: Span::seconds(10),
            max_connections: 512,
            drain_grace: Span::seconds(25),
        }
    }
}

impl Section for Mcp {
    fn validate(&self) -> Vec<(&'static str, Rule)> {
        let when = "a tenant is served";
        let mut broken = Vec::new();
        if self.tenant.is_none() {
            broken.push(("tenant", Rule::Needed { when }));
        }
        match &self.public_url {
            None => broken.push(("public_url", Rule::Needed { when })),
            Some(url) if !is_origin(&url.0) => broken.push(("public_url", Rule::NotAnOrigin)),
            Some(_) => {}
        }
        if self.allowed_hosts.iter().any(|host| !is_host(host)) {
            broken.push(("allowed_hosts", Rule::NotAHost));
        }
        if self.allowed_origins.iter().any(|origin| !is_origin(origin)) {
            broken.push(("allowed_origins", Rule::NotAnOrigin));
        }
        if self.authorization_servers.iter().any(|url| !is_http(url)) {
            broken.push(("authorization_servers", Rule::NotHttp));
        }
        for (key, given, least, most) in [
            ("max_request_bytes", self.max_request_bytes, 1024, 64 << 20),
            (
                "body_timeout",
                self.body_timeout.duration().as_secs(),
                1,
                300,
            ),
            ("max_connections", self.max_connections, 1, 100_000),
            ("drain_grace", self.drain_grace.duration().as_secs(), 1, 600),
        ] {
            if !(least..=most).contains(&given) {
                broken.push((key, Rule::OutOfRange { given, least, most }));
            }
        }
        broken
    }
}
