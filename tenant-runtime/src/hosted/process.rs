//! The process, from below upwards, and down again in the other order.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use vaultpilot_config::RuntimeConfig;

use super::drain::{self, Signals};
use super::error::HostedError;
use super::house::{House, VERSION};
use super::probe::{self, Health};
use crate::{Listening, router, serve};

/// Probes and a scraper; nobody else comes here.
const PROBE_CONNECTIONS: usize = 64;

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
