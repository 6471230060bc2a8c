//! Keeps what is known up to date, and delivers what is owed when there is somebody to take it.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use vaultpilot_core::TenantName;
use vaultpilot_proto::client::{RemoteControlPlane, SnapshotStream};
use vaultpilot_telemetry::RuntimeMetrics;

use super::known::Known;
use super::owed::Owed;

/// How often it is looked for callers the snapshot does not cover yet.
const LOOK: Duration = Duration::from_secs(1);
/// A pod with more callers than one snapshot covers would ask for another one all the time.
const REOPEN_AT_MOST_EVERY: Duration = Duration::from_secs(2);
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

pub(super) struct Keeper {
    pub(super) tenant: TenantName,
    pub(super) control: Arc<RemoteControlPlane>,
    pub(super) known: Arc<Known>,
    pub(super) owed: Arc<Owed>,
    pub(super) metrics: Arc<RuntimeMetrics>,
}

/// What the stream is about, and where it stands.
#[derive(Default)]
struct Place {
    contexts: Vec<Vec<u8>>,
    resume_token: String,
}

/// Why a stream was left.
enum Left {
    /// There are callers it does not cover, or it has been open for long enough.
    ForAnother,
    Broken,
}

impl Keeper {
    /// Runs until `stop`.
    pub(super) async fn run(self, stop: CancellationToken) {
        let mut place = Place::default();
        let mut pause = FIRST_PAUSE;
        let mut was_up = false;
        loop {
            let contexts = self.contexts();
            if contexts != place.contexts {
                place = Place {
                    contexts,
                    ..Place::default()
                };
            }
            let opened = tokio::select! {
                () = stop.cancelled() => return,
                opened = self.control.watch_snapshot(
                    &self.tenant,
                    place.contexts.clone(),
                    &place.resume_token,
                ) => opened,
            };
            let left = match opened {
                Ok(stream) => tokio::select! {
                    () = stop.cancelled() => return,
                    left = self.follow(stream, &mut place, &mut pause, &mut was_up) => left,
                },
                Err(fault) => {
                    tracing::debug!(code = fault.code(), "no snapshot stream");
                    Left::Broken
                }
            };
            if matches!(left, Left::ForAnother) {
                continue;
            }
            if was_up {
                tracing::warn!("control plane is away; reads go on from what is known");
            }
            was_up = false;
            self.metrics.control_plane_up(false);
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn follow(
        &self,
        mut stream: SnapshotStream,
        place: &mut Place,
        pause: &mut Duration,
        was_up: &mut bool,
    ) -> Left {
        let (opened, mut heard) = (Instant::now(), false);
        let mut look = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                change = stream.next() => {
                    let change = match change {
                        Ok(Some(change)) => change,
                        Ok(None) if heard => return Left::ForAnother,
                        Ok(None) | Err(_) => return Left::Broken,
                    };
                    heard = true;
                    place.resume_token.clone_from(&change.resume_token);
                    self.known.hear(change);
                    self.metrics.control_plane_up(true);
                    if !*was_up {
                        tracing::info!("control plane is heard");
                    }
                    (*was_up, *pause) = (true, FIRST_PAUSE);
                    self.owed.deliver(&self.control, &self.tenant).await;
                }
                _ = look.tick() => {
                    if opened.elapsed() >= REOPEN_AT_MOST_EVERY && !self.covers(&place.contexts) {
                        return Left::ForAnother;
                    }
                    // Owed by calls that fell into a moment without connection.
                    if *was_up && self.owed.len() > 0 {
                        self.owed.deliver(&self.control, &self.tenant).await;
                    }
                }
            }
        }
    }

    fn contexts(&self) -> Vec<Vec<u8>> {
        let mut contexts = self.control.contexts();
        contexts.sort();
        contexts
    }

    /// Whether everybody who acts now is covered. Those who do not act any more do no harm.
    fn covers(&self, contexts: &[Vec<u8>]) -> bool {
        let wanted = self.contexts();
        wanted.iter().all(|context| contexts.contains(context))
    }
}
