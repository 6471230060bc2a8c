//! Why the house did not start.

use vaultpilot_chain::{ChainsError, DevnetError};
use vaultpilot_policy::DocumentError;
use vaultpilot_ports::{Fault, StoreError};

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("database cannot be opened")]
    Store(#[from] StoreError),
    #[error("key encryption key cannot be opened")]
    Kek(#[from] vaultpilot_keys::RootError),
    #[error("key provider cannot be used")]
    Providers(#[source] vaultpilot_control_api::house::OpenError),
    #[error("secret of this house cannot be read")]
    Secret(#[from] vaultpilot_control_api::house::secret::SecretError),
    #[error("process cannot be kept out of core dumps")]
    Harden(#[from] vaultpilot_keys::HardenError),
    #[error("chains cannot be used")]
    Chains(#[from] ChainsError),
    #[error("local chain does not start")]
    Devnet(#[from] DevnetError),
    #[error("anvil is not found")]
    NoAnvil,
    #[error("no chain is configured")]
    NoChain,
    #[error("policy {name} is no policy")]
    Policy { name: String, source: DocumentError },
    #[error("{step} failed")]
    Step { step: &'static str, source: Fault },
    #[error("{address} cannot be listened on")]
    Listen {
        address: std::net::SocketAddr,
        source: std::io::Error,
    },
    #[error("public URL is unusable")]
    PublicUrl(#[from] vaultpilot_tenant_runtime::PublicUrlError),
}

impl StartError {
    pub fn next(&self) -> Option<&'static str> {
        Some(match self {
            Self::Store(_) | Self::Kek(_) | Self::Providers(_) | Self::Secret(_) => {
                "vaultpilot doctor"
            }
            Self::NoAnvil => {
                "npm install @foundry-rs/anvil-linux-amd64, then vaultpilot up --devnet --anvil \
                 <its bin/anvil>"
            }
            Self::NoChain => {
                "vaultpilot up --devnet, or VAULTPILOT_RPC_8453=https://… vaultpilot up"
            }
            Self::Listen { .. } => "vaultpilot up --listen 127.0.0.1:0   # takes a free port",
            Self::Chains(_) | Self::PublicUrl(_) | Self::Policy { .. } => "vaultpilot config check",
            Self::Devnet(_) | Self::Step { .. } | Self::Harden(_) => return None,
        })
    }
}
