//! What a runtime is made of: the hinge, the chains, and how it is reached.

use std::sync::Arc;
use std::time::Duration;

use axum::http::Uri;
use axum::http::uri::{Authority, Scheme};
use vaultpilot_ports::{ChainReader, ControlPlane};

use crate::CallObserver;

/// Everything the MCP surface needs. `router` turns it into routes.
#[derive(Clone)]
pub struct Runtime {
    pub control: Arc<dyn ControlPlane>,
    pub chain: Arc<dyn ChainReader>,
    /// Hears of every tool call that was answered.
    pub observer: Arc<dyn CallObserver>,
    /// Where clients reach us; the resource of a tenant is `<public_url>/t/<tenant>/mcp`.
    pub public_url: PublicUrl,
    /// `Host` values beside the loopback names and the public URL's own: `name` or `name:port`.
    pub allowed_hosts: Vec<String>,
    /// `Origin` values beside our own: `https://console.example.com`.
    pub allowed_origins: Vec<String>,
    /// Issuers for clients that can do OAuth; empty where API keys are the only way in.
    pub authorization_servers: Vec<String>,
    pub limits: Limits,
    /// The product's version, as clients are told it.
    pub version: &'static str,
}

/// How much one request may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub max_body_bytes: usize,
    /// How long a body may take to arrive.
    pub body_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_body_bytes: 1024 * 1024,
            body_timeout: Duration::from_secs(10),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("public URL is not http or https with a host and no path")]
pub struct PublicUrlError;

/// `https://mcp.example.com` or `http://127.0.0.1:8080`, parsed once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    scheme: Scheme,
    authority: Authority,
}

impl std::str::FromStr for PublicUrl {
    type Err = PublicUrlError;

    fn from_str(text: &str) -> Result<Self, PublicUrlError> {
        let parts = text
            .parse::<Uri>()
            .map_err(|_| PublicUrlError)?
            .into_parts();
        let path = parts
            .path_and_query
            .as_ref()
            .map_or("/", |path| path.as_str());
        match (parts.scheme, parts.authority) {
            (Some(scheme), Some(authority))
                if path == "/" && (scheme == Scheme::HTTP || scheme == Scheme::HTTPS) =>
            {
                Ok(Self { scheme, authority })
            }
            _ => Err(PublicUrlError),
        }
    }
}

impl std::fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

impl PublicUrl {
    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The same server under the name the client typed: a resource's id is exactly that URL.
    pub(crate) fn seen_as(&self, host: &Authority) -> Self {
        let ours = self.authority.as_str().eq_ignore_ascii_case(host.as_str());
        let scheme = if !ours && is_loopback(host.host()) {
            Scheme::HTTP
        } else {
            self.scheme.clone()
        };
        Self {
            scheme,
            authority: host.clone(),
        }
    }
}

/// Names that only this machine answers to.
pub(crate) fn is_loopback(name: &str) -> bool {
    ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|ours| name.eq_ignore_ascii_case(ours))
}

#[cfg(test)]
mod tests;
