//! A chain of one's own: anvil as a child that never outlives us and keeps its state.
//!
//! The state file is locked while its node lives, through the log file beside it, which the node
//! inherits: a start right after a crash waits until the old node has written its state.

mod error;
mod lock;
mod process;
mod state;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use alloy::primitives::U64;
use alloy::rpc::client::RpcClient;
use tokio::time::{Instant, sleep, timeout};

pub use error::DevnetError;
pub use state::Recovery;

use crate::guard::EndpointGuard;
use crate::transport::HttpTransport;
use process::Leash;

const READY_WITHIN: Duration = Duration::from_secs(10);
/// The wrapper kills a node that does not obey after ten seconds.
const STOPPED_WITHIN: Duration = Duration::from_secs(12);
const LOOK_AGAIN: Duration = Duration::from_millis(25);

/// How the chain is to be.
#[derive(Debug, Clone)]
pub struct DevnetOptions {
    /// anvil's binary itself, not a script that starts it.
    pub anvil: PathBuf,
    /// A free one when absent.
    pub port: Option<u16>,
    /// Where the chain lives between runs; without it, it ends with the process.
    pub state_file: Option<PathBuf>,
    /// Zero mines each transaction at once and nothing else.
    pub block_time: Duration,
    pub chain_id: u64,
    /// How often the state is written while the node runs, in whole seconds. It is also written
    /// when the node ends; the interval is what a node that is killed can lose. All of it is
    /// written each time, some 1.7 kB a block: for runs of many hours take more than a second.
    pub state_interval: Duration,
    /// States of past blocks kept in memory: how deep a reorganisation can be.
    pub history: u16,
}

impl DevnetOptions {
    /// A block each second, nothing kept on disk.
    pub const fn new(anvil: PathBuf) -> Self {
        Self {
            anvil,
            port: None,
            state_file: None,
            block_time: Duration::from_secs(1),
            chain_id: 31_337,
            state_interval: Duration::from_secs(1),
            history: 64,
        }
    }
}

/// A running chain. Dropping it ends the node, too, without waiting for it.
#[derive(Debug)]
pub struct Devnet {
    leash: Leash,
    address: SocketAddr,
    state_file: Option<PathBuf>,
    recovery: Option<Recovery>,
}

impl Devnet {
    /// Starts the node and waits until it answers, ten seconds at most.
    ///
    /// # Errors
    /// When the state is in use or beyond repair, the port is taken, or the node does not answer.
    pub async fn start(options: DevnetOptions) -> Result<Self, DevnetError> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err(DevnetError::NoTls);
        }
        let log = match &options.state_file {
            Some(state) => Some(lock::acquire(state).await?),
            None => None,
        };
        let recovery = match options.state_file.clone() {
            Some(state) => blocking(move || state::prepare(&state)).await?,
            None => None,
        };
        let address = free_address(options.port)?;
        let leash = Leash::spawn(&options, address.port(), log)?;
        let mut devnet = Self {
            leash,
            address,
            state_file: options.state_file.clone(),
            recovery,
        };
        devnet.wait_until_ready(options.chain_id).await?;
        tracing::info!(devnet.url = %devnet.url(), chain.id = options.chain_id, "devnet is up");
        Ok(devnet)
    }

    /// Where it answers.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub const fn port(&self) -> u16 {
        self.address.port()
    }

    /// What had to be done to bring the state back, if anything.
    pub const fn recovery(&self) -> Option<&Recovery> {
        self.recovery.as_ref()
    }

    /// Process id of the wrapper that holds the node, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.leash.pid()
    }

    /// Ends the node and waits until its state is written.
    ///
    /// # Errors
    /// When the node does not end, or the state it left cannot be read.
    pub async fn stop(mut self) -> Result<(), DevnetError> {
        self.leash.release();
        timeout(STOPPED_WITHIN, self.leash.ended())
            .await
            .map_err(|_| DevnetError::NotStopped)?
            .map_err(DevnetError::Process)?;
        match self.state_file.take() {
            Some(state) => blocking(move || state::keep_copy(&state)).await,
            None => Ok(()),
        }
    }

    async fn wait_until_ready(&mut self, chain_id: u64) -> Result<(), DevnetError> {
        let client = client(&self.url())?;
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            if self.leash.has_ended().map_err(DevnetError::Process)? {
                let log = self
                    .state_file
                    .as_deref()
                    .map(lock::last_words)
                    .unwrap_or_default();
                return Err(DevnetError::Ended { log });
            }
            match client.request::<_, U64>("eth_chainId", ()).await {
                Ok(found) if found.to::<u64>() == chain_id => return Ok(()),
                Ok(found) => return Err(DevnetError::OtherChain { found: found.to() }),
                Err(_) if Instant::now() < deadline => sleep(LOOK_AGAIN).await,
                Err(_) => return Err(DevnetError::NotReady),
            }
        }
    }
}

fn client(url: &str) -> Result<RpcClient, DevnetError> {
    let guard = EndpointGuard::local();
    let url = guard.check(url).map_err(DevnetError::Url)?;
    let transport = HttpTransport::new(url, guard).map_err(DevnetError::Client)?;
    Ok(RpcClient::new(transport, true))
}

/// Taking the port for a moment finds out whether somebody has it: a node that cannot have it would
/// end, and we would talk to a stranger.
fn free_address(port: Option<u16>) -> Result<SocketAddr, DevnetError> {
    let wanted = (Ipv4Addr::LOCALHOST, port.unwrap_or_default());
    TcpListener::bind(wanted)
        .and_then(|listener| listener.local_addr())
        .map_err(|source| DevnetError::Port {
            port: wanted.1,
            source,
        })
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DevnetError> + Send + 'static,
) -> Result<T, DevnetError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| DevnetError::Interrupted)?
}

/// A file that stands beside the state.
fn beside(state: &Path, suffix: &str) -> PathBuf {
    let mut name = state.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
