//! Why the process cannot start.

use std::net::SocketAddr;
use std::path::PathBuf;

use vaultpilot_chain::ChainsError;
use vaultpilot_proto::client::EndpointError;

use crate::PublicUrlError;

#[derive(Debug, thiserror::Error)]
pub enum HostedError {
    #[error("{what} is not configured")]
    Missing { what: &'static str },
    #[error("mcp.public_url cannot be used")]
    PublicUrl(#[from] PublicUrlError),
    #[error("the control plane cannot be spoken to as configured")]
    Endpoint(#[from] EndpointError),
    #[error("the pod's token {} cannot be read", path.display())]
    Token {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the chains cannot be used as configured")]
    Chains(#[from] ChainsError),
    #[error("{address} cannot be listened on")]
    Listen {
        address: SocketAddr,
        #[source]
        source: std::io::Error,
    },
    #[error("signals cannot be heard")]
    Signal(#[source] std::io::Error),
    #[error("a door failed")]
    Door(#[source] std::io::Error),
}
