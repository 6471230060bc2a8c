//! The process, from below upwards, and down again in the other order.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use vaultpilot_config::RuntimeConfig;
use vaultpilot_config::section::ControlPlane as Section;
use vaultpilot_core::{Clock, Entropy, TenantName};
use vaultpilot_ports::ChainReader;
use vaultpilot_proto::client::{
    Endpoint, IdentityFiles, Link, RemoteControlPlane, RemoteStrategyPlane, Retention,
};
use vaultpilot_telemetry::RuntimeMetrics;

use super::away::Away;
use super::chain;
use super::drain::{self, Signals};
use super::driver::Driver;
use super::error::HostedError;
use super::keeper::Keeper;
use super::known::Known;
use super::owed::Owed;
use super::pace::Pace;
use super::probe::{self, Health};
use super::steady::Steady;
use crate::machine::{OsEntropy, SystemClock};
use crate::{CallRecord, Limits, Listening, Runtime, router, serve};

const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Probes and a scraper; nobody else comes here.
const PROBE_CONNECTIONS: usize = 64;
/// How long what is owed may take to deliver at the end.
const LAST_DELIVERY: Duration = Duration::from_secs(5);

/// How the process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Everything in flight was answered, or had its time.
    Drained,
    /// A second signal did not want to wait.
    AtOnce,
}

/// Serves the tenant until a signal says so.
///
/// # Errors
/// When it cannot start as configured.
pub async fn run(config: &RuntimeConfig) -> Result<Ended, HostedError> {
    // The one provider of TLS; a second call would find the first one's choice.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut signals = Signals::hear()?;
    let house = House::open(config).await?;
    let mcp = listen(config.mcp.listen).await?;
    let probes = listen(config.probes.listen).await?;
    let runtime = house.runtime(config)?;
    tracing::info!(
        tenant = %house.tenant,
        listen = %config.mcp.listen,
        probes = %config.probes.listen,
        version = VERSION,
        "tenant runtime is up"
    );

    // `draining` from the first signal on; `closed` when nobody needs the probes any more.
    let (draining, closed) = (CancellationToken::new(), CancellationToken::new());
    let mut tasks = JoinSet::new();
    let probing = Listening {
        max_connections: PROBE_CONNECTIONS,
        ..Listening::default()
    };
    let health = Health {
        known: house.known.clone(),
        metrics: house.metrics.clone(),
        draining: draining.clone(),
    };
    let probe_door = serve(
        probes,
        probe::router(health),
        probing,
        closed.clone().cancelled_owned(),
    );
    tasks.spawn(async move {
        if let Err(error) = probe_door.await {
            tracing::error!(%error, "door of the probes failed");
        }
    });
    tasks.spawn(house.keeper().run(closed.clone()));

    let delay = config.probes.drain_delay.duration();
    let door = serve(
        mcp,
        drain::tell_to_leave(router(runtime), draining.clone()),
        listening(config),
        drain::door_closes(draining.clone(), delay),
    );
    let driver = house
        .driver(config)
        .map(|driver| driver.run(draining.clone()));
    let work = async {
        let driving = async {
            if let Some(driver) = driver {
                driver.await;
            }
        };
        let (served, ()) = tokio::join!(door, driving);
        served.map_err(HostedError::Door)
    };
    let grace = delay.saturating_add(config.mcp.drain_grace.duration());
    let ended = until_told(work, &mut signals, &draining, grace).await;
    if matches!(ended, Ok(Ended::Drained)) {
        house.settle().await;
    }
    closed.cancel();
    let _ = tokio::time::timeout(Duration::from_secs(1), tasks.join_all()).await;
    ended
}

/// Works until the first signal and for `grace` after it, or until the second one.
async fn until_told(
    work: impl Future<Output = Result<(), HostedError>>,
    signals: &mut Signals,
    draining: &CancellationToken,
    grace: Duration,
) -> Result<Ended, HostedError> {
    let mut work = std::pin::pin!(work);
    tokio::select! {
        failed = &mut work => return failed.map(|()| Ended::Drained),
        () = signals.next() => {}
    }
    tracing::info!("draining: not ready any more; requests in flight are answered");
    draining.cancel();
    tokio::select! {
        ended = &mut work => ended.map(|()| Ended::Drained),
        () = signals.next() => {
            tracing::warn!("told twice: ending at once");
            Ok(Ended::AtOnce)
        }
        () = tokio::time::sleep(grace) => {
            tracing::warn!("requests still in flight had their time");
            Ok(Ended::Drained)
        }
    }
}

/// What is behind the doors.
struct House {
    tenant: TenantName,
    link: Arc<Link>,
    remote: Arc<RemoteControlPlane>,
    known: Arc<Known>,
    owed: Arc<Owed>,
    metrics: Arc<RuntimeMetrics>,
    chains: Arc<dyn ChainReader>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl House {
    async fn open(config: &RuntimeConfig) -> Result<Self, HostedError> {
        let missing = |what| HostedError::Missing { what };
        let tenant = config.mcp.tenant.clone();
        let tenant = tenant.ok_or_else(|| missing("mcp.tenant"))?;
        let chains = chain::open(config)?;
        let endpoint = endpoint(&config.control_plane);
        readable(&endpoint).await?;
        let link = Arc::new(Link::open(endpoint).await?);
        let max_age = config.snapshot.max_age.duration();
        let (clock, entropy) = (Arc::new(SystemClock), Arc::new(OsEntropy));
        let mut salt = [0; 32];
        entropy.fill(&mut salt);
        let retention = Retention {
            salt,
            keep: max_age,
        };
        let metrics = Arc::new(RuntimeMetrics::new(VERSION));
        let most = usize::try_from(config.snapshot.max_queued_reads).unwrap_or(usize::MAX);
        Ok(Self {
            tenant,
            remote: Arc::new(RemoteControlPlane::new(link.clone(), retention)),
            link,
            known: Arc::new(Known::new(max_age)),
            owed: Arc::new(Owed::new(most, metrics.clone())),
            metrics,
            chains: Arc::new(chains),
            clock,
            entropy,
        })
    }

    fn runtime(&self, config: &RuntimeConfig) -> Result<Runtime, HostedError> {
        let mcp = &config.mcp;
        let url = mcp.public_url.as_ref().ok_or(HostedError::Missing {
            what: "mcp.public_url",
        })?;
        let metrics = self.metrics.clone();
        let control = Steady {
            tenant: self.tenant.clone(),
            remote: self.remote.clone(),
            known: self.known.clone(),
            owed: self.owed.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            metrics: self.metrics.clone(),
            away: Away::default(),
            pace: Pace::default(),
        };
        Ok(Runtime {
            control: Arc::new(control),
            chain: self.chains.clone(),
            observer: Arc::new(move |call: &CallRecord<'_>| {
                metrics.tool_called(call.tool, call.outcome, Duration::from_micros(call.micros));
            }),
            public_url: url.0.parse()?,
            allowed_hosts: mcp.allowed_hosts.clone(),
            allowed_origins: mcp.allowed_origins.clone(),
            authorization_servers: mcp.authorization_servers.clone(),
            limits: Limits {
                max_body_bytes: usize::try_from(mcp.max_request_bytes).unwrap_or(usize::MAX),
                body_timeout: mcp.body_timeout.duration(),
            },
            version: VERSION,
        })
    }

    fn keeper(&self) -> Keeper {
        Keeper {
            tenant: self.tenant.clone(),
            control: self.remote.clone(),
            known: self.known.clone(),
            owed: self.owed.clone(),
            metrics: self.metrics.clone(),
        }
    }

    fn driver(&self, config: &RuntimeConfig) -> Option<Driver> {
        config.strategies.enabled.then(|| Driver {
            plane: Arc::new(RemoteStrategyPlane::new(self.link.clone())),
            known: self.known.clone(),
            holder: config.strategies.holder.clone(),
            clock: self.clock.clone(),
            metrics: self.metrics.clone(),
        })
    }

    /// Pays what is owed to the audit log, as far as there is anybody to take it.
    async fn settle(&self) {
        let delivery = self.owed.deliver(&self.remote, &self.tenant);
        let _ = tokio::time::timeout(LAST_DELIVERY, delivery).await;
        let owed = self.owed.len();
        if owed > 0 {
            tracing::error!(
                owed,
                "calls that were answered from memory are in this log only: the control plane is away"
            );
        }
    }
}

fn endpoint(section: &Section) -> Endpoint {
    let identity = match (&section.cert_file, &section.key_file) {
        (Some(certificate), Some(key)) => Some(IdentityFiles {
            certificate: certificate.clone(),
            key: key.clone(),
        }),
        _ => None,
    };
    let is_tls = section.address.starts_with("https://");
    Endpoint {
        address: section.address.clone(),
        ca_file: is_tls.then(|| section.ca_file.clone()),
        server_name: section.server_name.clone(),
        identity,
        token_file: Some(section.token_file.clone()),
    }
}

/// A pod without its token would start, and then be let in nowhere.
async fn readable(endpoint: &Endpoint) -> Result<(), HostedError> {
    let Some(path) = &endpoint.token_file else {
        return Ok(());
    };
    match tokio::fs::metadata(path).await {
        Ok(_) => Ok(()),
        Err(source) => Err(HostedError::Token {
            path: path.clone(),
            source,
        }),
    }
}

fn listening(config: &RuntimeConfig) -> Listening {
    Listening {
        trusted_proxies: config.mcp.trusted_proxies.clone(),
        max_connections: usize::try_from(config.mcp.max_connections).unwrap_or(usize::MAX),
        ..Listening::default()
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, HostedError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| HostedError::Listen { address, source })
}
