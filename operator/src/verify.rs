//! Whether a tenant's endpoint is what it should be, found out by calling it.

mod http;

use async_trait::async_trait;

pub use http::{HttpVerifier, VerifierError};

/// What is called, and what must be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// `http://mcp.vp-acme.svc:8080`
    pub service: String,
    /// `http://mcp.vp-acme.svc:9090`
    pub probes: String,
    /// As clients write it in `Host`.
    pub host: String,
    pub tenant: String,
    pub resource: String,
    pub metadata: String,
}

/// What a sound endpoint told of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Empty where `server/discover` was not answered, for want of a credential.
    pub protocol_versions: Vec<String>,
    pub server_version: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsound {
    #[error("{url} cannot be reached: {why}")]
    Unreachable { url: String, why: String },
    #[error("{url} answers {status} and not 200: {body}")]
    NotReady {
        url: String,
        status: u16,
        body: String,
    },
    #[error(
        "server/discover without a credential was answered with {status} and not with 401: anybody could use this endpoint"
    )]
    Open { status: u16 },
    #[error("server/discover without a credential was answered with {status} and not with 401")]
    NotRefused { status: u16 },
    #[error("the 401 names {found} as its metadata, and not {expected}")]
    Challenge { found: String, expected: String },
    #[error("the metadata speaks of resource {found}, and not of {expected}")]
    Resource { found: String, expected: String },
    #[error("server/discover with the verifier's credential failed: {why}")]
    Discover { why: String },
}

#[async_trait]
pub trait Verify: Send + Sync {
    /// # Errors
    /// The first thing that is not as it should be.
    async fn verify(&self, target: &Target) -> Result<Seen, Unsound>;
}
