//! All configured chains behind the house's ports.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use alloy::primitives::Address;
use vaultpilot_core::ChainId;
use vaultpilot_ports::ChainError;
use vaultpilot_ports::chain::{ChainView, FeeQuote, Head, TokenFacts};

use crate::fresh::Fresh;
use crate::guard::{EndpointGuard, EndpointRefused};
use crate::node::{CallError, Node, lock};
use crate::pool::Pool;
use crate::spec::{ChainSpec, FaucetKind};

/// Why a list of chains cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ChainsError {
    #[error("chain {chain} is configured twice")]
    Twice { chain: ChainId },
    #[error("chain {chain} has no endpoint")]
    NoEndpoint { chain: ChainId },
    /// Counted from one.
    #[error("endpoint {position} of chain {chain} is not allowed")]
    Refused {
        chain: ChainId,
        position: usize,
        #[source]
        source: EndpointRefused,
    },
    #[error("no TLS provider is installed in this process")]
    NoTls,
    #[error("http client cannot be built")]
    Client(#[source] reqwest::Error),
}

/// A development node mines at once, so what it said is old sooner.
const LONGEST_REUSE_ON_DEVNET: Duration = Duration::from_millis(250);
/// Agents name the contracts; this bounds what they can make us remember.
const MOST_TOKENS: usize = 10_000;

/// The chains. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct Chains {
    networks: Vec<Network>,
}

#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) view: ChainView,
    pub(crate) faucet: FaucetKind,
    pub(crate) pool: Pool,
    pub(crate) head: Fresh<Head>,
    pub(crate) fees: Fresh<FeeQuote>,
    tokens: Mutex<HashMap<Address, TokenFacts>>,
}

impl Chains {
    /// Judges every URL; asks no endpoint yet.
    ///
    /// # Errors
    /// When a chain is named twice, has no endpoint or one that `guard` refuses, or when no rustls
    /// provider was installed.
    pub fn new(specs: Vec<ChainSpec>, guard: EndpointGuard) -> Result<Self, ChainsError> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err(ChainsError::NoTls);
        }
        let mut networks: Vec<Network> = Vec::with_capacity(specs.len());
        for spec in specs {
            let chain = spec.view.id;
            if networks.iter().any(|network| network.view.id == chain) {
                return Err(ChainsError::Twice { chain });
            }
            networks.push(Network::new(spec, guard)?);
        }
        Ok(Self { networks })
    }

    pub(crate) fn networks(&self) -> &[Network] {
        &self.networks
    }

    pub(crate) fn network(&self, chain: ChainId) -> Result<&Network, ChainError> {
        self.networks
            .iter()
            .find(|network| network.view.id == chain)
            .ok_or(ChainError::Unknown { chain })
    }
}

impl Network {
    fn new(spec: ChainSpec, guard: EndpointGuard) -> Result<Self, ChainsError> {
        let chain = spec.view.id;
        if spec.endpoints.is_empty() {
            return Err(ChainsError::NoEndpoint { chain });
        }
        let mut nodes = Vec::with_capacity(spec.endpoints.len());
        for (position, endpoint) in (1..).zip(spec.endpoints) {
            let url = guard
                .check(&endpoint.url)
                .map_err(|source| ChainsError::Refused {
                    chain,
                    position,
                    source,
                })?;
            let node =
                Node::new(chain, url, endpoint.weight, guard).map_err(ChainsError::Client)?;
            nodes.push(node);
        }
        let has_faucet = spec.faucet != FaucetKind::None;
        let reuse = match spec.faucet {
            FaucetKind::DevAccount => spec.poll_interval.min(LONGEST_REUSE_ON_DEVNET),
            FaucetKind::None => spec.poll_interval,
        };
        Ok(Self {
            view: ChainView {
                faucet: has_faucet,
                ..spec.view
            },
            faucet: spec.faucet,
            pool: Pool::new(nodes),
            head: Fresh::new(reuse),
            fees: Fresh::new(reuse),
            tokens: Mutex::default(),
        })
    }

    pub(crate) const fn id(&self) -> ChainId {
        self.view.id
    }

    /// An error as the port says it, when the question itself was fine.
    pub(crate) fn error(&self, error: &CallError) -> ChainError {
        let chain = self.id();
        let detail = error.to_string();
        match error {
            CallError::Fault(_) => ChainError::Unreachable { chain, detail },
            CallError::Unable(payload) if payload.is_retry_err() => {
                ChainError::Unreachable { chain, detail }
            }
            CallError::Form
            | CallError::WrongChain { .. }
            | CallError::Unable(_)
            | CallError::Refused(_) => ChainError::Unreadable { chain, detail },
        }
    }

    pub(crate) fn remembered(&self, contract: Address) -> Option<TokenFacts> {
        lock(&self.tokens).get(&contract).cloned()
    }

    pub(crate) fn remember(&self, contract: Address, facts: &TokenFacts) {
        let mut tokens = lock(&self.tokens);
        if tokens.len() >= MOST_TOKENS {
            tokens.clear();
        }
        tokens.insert(contract, facts.clone());
    }
}
