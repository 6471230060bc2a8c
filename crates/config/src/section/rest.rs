//! The hosted edition's door of people.

use std::net::{Ipv4Addr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rule::is_http;
use super::{Rule, Section, ServerUrl};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rest {
    /// Address of the REST API. Plain HTTP: TLS ends in front of it.
    pub listen: SocketAddr,
    /// The URL it is reached by, such as `https://vault.example.com`; only shown.
    pub public_url: Option<ServerUrl>,
    /// The URL of a tenant's MCP endpoint, with `{tenant}` and `{namespace}` in it; only shown.
    pub mcp_url: Option<ServerUrl>,
}

impl Default for Rest {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 8080)),
            public_url: None,
            mcp_url: None,
        }
    }
}

impl Section for Rest {
    fn validate(&self) -> Vec<(&'static str, Rule)> {
        let urls = [("public_url", &self.public_url), ("mcp_url", &self.mcp_url)];
        urls.into_iter()
            .filter(|(_, url)| url.as_ref().is_some_and(|url| !is_http(&url.0)))
            .map(|(key, _)| (key, Rule::NotHttp))
            .collect()
    }
}
