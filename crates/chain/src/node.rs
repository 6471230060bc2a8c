//! One endpoint: its client, its health and whether it serves the chain it is configured for.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alloy::primitives::U64;
use alloy::rpc::client::RpcClient;
use alloy::rpc::json_rpc::{ErrorPayload, RpcError, RpcRecv, RpcSend};
use alloy::transports::TransportErrorKind;
use reqwest::Url;
use tokio::time::Instant;
use vaultpilot_core::ChainId;

use crate::guard::EndpointGuard;
use crate::health::{Health, Rank};
use crate::text::plain;
use crate::transport::{Fault, HttpTransport};

/// A node behind a wrong URL is asked again after this long.
const WRONG_CHAIN_PAUSE: Duration = Duration::from_mins(1);

/// Why one endpoint gave no result.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum CallError {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error("answer has an unexpected form")]
    Form,
    #[error("endpoint serves chain {found}")]
    WrongChain { found: u64 },
    /// The node cannot answer this, another one might: a limit, a missing method, a lag.
    #[error("{}", plain(&.0.message, 200))]
    Unable(ErrorPayload),
    /// The node's answer is an error.
    #[error("{}", plain(&.0.message, 200))]
    Refused(ErrorPayload),
}

#[derive(Debug, Clone, Copy)]
enum Identity {
    Unasked,
    Right,
    Wrong { found: u64, until: Instant },
}

#[derive(Debug)]
pub(crate) struct Node {
    /// Scheme, host and port: all that may be shown.
    pub(crate) origin: String,
    chain: ChainId,
    weight: u32,
    client: RpcClient,
    health: Mutex<Health>,
    identity: Mutex<Identity>,
}

impl Node {
    pub(crate) fn new(
        chain: ChainId,
        url: Url,
        weight: u32,
        guard: EndpointGuard,
    ) -> Result<Self, reqwest::Error> {
        let origin = url.origin().ascii_serialization();
        let client = RpcClient::new(HttpTransport::new(url, guard)?, false);
        Ok(Self {
            origin,
            chain,
            weight,
            client,
            health: Mutex::default(),
            identity: Mutex::new(Identity::Unasked),
        })
    }

    pub(crate) fn rank(&self, now: Instant) -> Rank {
        lock(&self.health).rank(now, self.weight)
    }

    /// Asks, after making sure of the chain.
    pub(crate) async fn call<P: RpcSend, R: RpcRecv>(
        &self,
        method: &'static str,
        params: P,
    ) -> Result<R, CallError> {
        self.verify().await?;
        self.ask(method, params).await
    }

    /// Makes sure that the configured chain is behind the URL. Known answers cost nothing; after
    /// a fault the node is asked again, because another one may have taken its place.
    pub(crate) async fn verify(&self) -> Result<(), CallError> {
        let known = *lock(&self.identity);
        match known {
            Identity::Right => return Ok(()),
            Identity::Wrong { found, until } if Instant::now() < until => {
                return Err(CallError::WrongChain { found });
            }
            Identity::Wrong { .. } | Identity::Unasked => {}
        }
        let found: U64 = self.ask("eth_chainId", ()).await?;
        let found = found.to::<u64>();
        if found == self.chain.reference() {
            *lock(&self.identity) = Identity::Right;
            return Ok(());
        }
        tracing::error!(
            endpoint = %self.origin,
            chain.id = %self.chain,
            chain.found = found,
            "an endpoint serves another chain and is not used"
        );
        let until = Instant::now() + WRONG_CHAIN_PAUSE;
        *lock(&self.identity) = Identity::Wrong { found, until };
        lock(&self.health).failed(Instant::now(), CallError::WrongChain { found }.to_string());
        Err(CallError::WrongChain { found })
    }

    /// Forgets what is known of the chain behind the URL.
    pub(crate) fn doubt(&self) {
        *lock(&self.identity) = Identity::Unasked;
    }

    async fn ask<P: RpcSend, R: RpcRecv>(
        &self,
        method: &'static str,
        params: P,
    ) -> Result<R, CallError> {
        let started = Instant::now();
        let outcome = self
            .client
            .request::<P, R>(method, params)
            .await
            .map_err(sort);
        match &outcome {
            Err(error @ (CallError::Fault(_) | CallError::Form)) => {
                self.doubt();
                self.failed(method, error);
            }
            Err(error @ CallError::Unable(payload)) if payload.is_retry_err() => {
                self.failed(method, error);
            }
            _ => lock(&self.health).succeeded(started.elapsed()),
        }
        outcome
    }

    fn failed(&self, method: &'static str, error: &CallError) {
        tracing::debug!(
            endpoint = %self.origin,
            chain.id = %self.chain,
            rpc.method = method,
            error = %error,
            "an endpoint failed"
        );
        lock(&self.health).failed(Instant::now(), error.to_string());
    }
}

fn sort(error: RpcError<TransportErrorKind>) -> CallError {
    match error {
        RpcError::ErrorResp(payload) if is_inability(&payload) => CallError::Unable(payload),
        RpcError::ErrorResp(payload) => CallError::Refused(payload),
        RpcError::Transport(kind) => {
            let fault = kind
                .as_custom()
                .and_then(|inner| inner.downcast_ref::<Fault>())
                .copied();
            CallError::Fault(fault.unwrap_or(Fault::Cut))
        }
        RpcError::NullResp
        | RpcError::UnsupportedFeature(_)
        | RpcError::LocalUsageError(_)
        | RpcError::SerError(_)
        | RpcError::DeserError { .. } => CallError::Form,
    }
}

fn is_inability(payload: &ErrorPayload) -> bool {
    const METHOD_NOT_FOUND: i64 = -32_601;
    const METHOD_NOT_SUPPORTED: i64 = -32_004;
    let message = payload.message.to_ascii_lowercase();
    payload.is_retry_err()
        || matches!(payload.code, METHOD_NOT_FOUND | METHOD_NOT_SUPPORTED)
        || ["header not found", "missing trie node", "unknown block"]
            .iter()
            .any(|words| message.contains(words))
}

/// A panic while holding one of these leaves a whole value behind.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
