//! How a process that stays begins and ends: log, signals, probes, patience with the database.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vaultpilot_app::Feed;
use vaultpilot_config::{HostedConfig, Loaded, LogFormat, Probes};
use vaultpilot_ports::Store;
use vaultpilot_telemetry::{LogShape, init_tracing};

use crate::failure::{Failure, chain};
use crate::house::Ground;
use crate::probe::{self, Readiness};

/// Between two attempts to open the database.
const AGAIN: Duration = Duration::from_secs(2);

/// A process from its first line to its last.
pub(super) struct Process {
    pub(super) readiness: Readiness,
    /// Told to end; the doors are still open.
    pub(super) leaving: CancellationToken,
    /// The doors close now; what is under way is finished.
    pub(super) stop: CancellationToken,
    pub(super) tasks: TaskTracker,
    /// Those who write down what the others did: they end last.
    pub(super) writers: TaskTracker,
    probes: CancellationToken,
    probing: TaskTracker,
}

impl Process {
    /// Starts the log, listens to signals and to probes.
    pub(super) async fn begin(loaded: &Loaded<HostedConfig>) -> Result<Self, Failure> {
        let config = &loaded.config;
        let shape = match config.log.format {
            LogFormat::Text => LogShape::Text,
            LogFormat::Json => LogShape::Json,
        };
        init_tracing(&config.log.level, shape)?;
        for name in &loaded.unused_env {
            tracing::warn!(
                variable = name,
                "a variable looks like a setting and is none"
            );
        }
        // A process near keys leaves no core dump, or does not start.
        vaultpilot_keys::harden_process()?;
        let process = Self {
            readiness: Readiness::default(),
            leaving: CancellationToken::new(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            writers: TaskTracker::new(),
            probes: CancellationToken::new(),
            probing: TaskTracker::new(),
        };
        process.tasks.spawn(process.ended(&config.probes)?);
        let listener = bind(config.probes.listen).await?;
        let answering = probe::serve(listener, process.readiness.clone(), process.probes.clone());
        process.probing.spawn(async move {
            if let Err(error) = answering.await {
                tracing::error!(%error, "probes are not answered any more");
            }
        });
        Ok(process)
    }

    /// Interrupt or SIGTERM: readiness first, then, once everybody has heard of it, the doors.
    fn ended(&self, probes: &Probes) -> Result<impl Future<Output = ()> + use<>, Failure> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let (leaving, stop) = (self.leaving.clone(), self.stop.clone());
        let (readiness, delay) = (self.readiness.clone(), probes.drain_delay.duration());
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
                () = stop.cancelled() => {}
            }
            readiness.leave();
            leaving.cancel();
            tracing::info!("told to end");
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                // Asked twice: at once.
                _ = interrupt.recv() => {}
                () = stop.cancelled() => {}
            }
            stop.cancel();
        })
    }

    /// Opens the ground; `None` when told to end before it could be. A database that is not up or
    /// not migrated yet is waited for, with probes that say so.
    pub(super) async fn open(&self, config: &HostedConfig) -> Result<Option<Ground>, Failure> {
        let mut last = String::new();
        loop {
            let opened = tokio::select! {
                () = self.leaving.cancelled() => return Ok(None),
                opened = Ground::open(config) => opened,
            };
            let error = match opened {
                Ok(ground) => {
                    let tended = ground.providers.clone().tend();
                    let stop = self.stop.clone();
                    self.tasks.spawn(async move {
                        stop.run_until_cancelled(tended).await;
                    });
                    return Ok(Some(ground));
                }
                Err(error) if error.passes() => error,
                Err(error) => return Err(error.into()),
            };
            let why = chain(&error);
            if why != last {
                tracing::warn!(error = why, "waiting for the database");
                last = why;
            }
            // The short form: what the probes say is read by anybody.
            self.readiness.waiting(&error);
            tokio::select! {
                () = self.leaving.cancelled() => return Ok(None),
                () = tokio::time::sleep(AGAIN) => {}
            }
        }
    }

    /// Hears what other processes on the same store do.
    pub(super) async fn hear(&self, store: &dyn Store, feed: &Feed) -> Result<(), Failure> {
        let hints = store.hints().await;
        let hints = hints.map_err(crate::house::OpenError::from)?;
        if let Some(hints) = hints {
            self.tasks
                .spawn(feed.clone().relay(hints, self.stop.clone()));
        }
        Ok(())
    }

    /// Waits until told to end and everything under way is over.
    pub(super) async fn end(self) {
        self.stop.cancelled().await;
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// The last: nobody is left to give the writers anything.
    pub(super) async fn close(
        writers: TaskTracker,
        probes: CancellationToken,
        probing: TaskTracker,
    ) {
        writers.close();
        writers.wait().await;
        probes.cancel();
        probing.close();
        probing.wait().await;
        tracing::info!("ended");
    }

    /// What `close` needs once `end` is over.
    pub(super) fn last(&self) -> (TaskTracker, CancellationToken, TaskTracker) {
        (
            self.writers.clone(),
            self.probes.clone(),
            self.probing.clone(),
        )
    }
}

pub(super) async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|source| Failure::Listen { address, source })
}
