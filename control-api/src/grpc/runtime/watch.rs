//! The snapshot a runtime goes on reading with, told again whenever it changes.

use std::sync::Arc;

use futures::stream::unfold;
use sha2::{Digest as _, Sha256};
use tokio::sync::broadcast;
use tokio::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use vaultpilot_app::{App, Moved, Seen};
use vaultpilot_core::{Clock, TenantId};
use vaultpilot_ports::Fault;
use vaultpilot_proto::fault::to_status;
use vaultpilot_proto::pb::snapshot_event::Event;
use vaultpilot_proto::prost::Message as _;
use vaultpilot_proto::tonic::{Request, Response, Status};
use vaultpilot_proto::wire::Admission;
use vaultpilot_proto::{Wire as _, pb, wire};

use super::{Events, Runtime};
use crate::grpc::Pod;
use crate::grpc::answer::pod_of;
use crate::identity::Seal;

/// Contexts of one watch.
const CALLERS: usize = 32;
/// How often something is told, also when nothing changed.
const QUIET: Duration = Duration::from_secs(15);
/// The least time between two snapshots, however much happens.
const PAUSE: Duration = Duration::from_secs(1);
/// A watch ends after this and is asked for again: with a token that is still good, at a replica
/// that is still there.
const LONGEST: Duration = Duration::from_mins(5);

pub(super) fn watch(
    runtime: &Runtime,
    request: Request<pb::WatchSnapshotRequest>,
) -> Result<Response<Events>, Status> {
    let pod = pod_of(&request, &request.get_ref().tenant)?;
    let pb::WatchSnapshotRequest {
        tenant: _,
        contexts,
        resume_token,
    } = request.into_inner();
    if contexts.len() > CALLERS {
        let message = format!("more than {CALLERS} contexts");
        let fault = Fault::invalid("invalid_message", "contexts", message);
        return Err(to_status(&fault));
    }
    let watch = Watch {
        app: Arc::clone(&runtime.app),
        seal: Arc::clone(&runtime.seal),
        clock: Arc::clone(&runtime.clock),
        moved: runtime.app.feed().subscribe(),
        pod,
        contexts,
        known: resume_token,
        told: None,
        until: Instant::now() + LONGEST,
        stop: runtime.stop.clone(),
    };
    let events = unfold(Some(watch), async |watch| {
        let mut watch = watch?;
        match watch.next().await {
            Ok(Some(event)) => Some((Ok(event), Some(watch))),
            Ok(None) => None,
            Err(fault) => Some((Err(to_status(&fault)), None)),
        }
    });
    Ok(Response::new(Box::pin(events)))
}

struct Watch {
    app: Arc<App>,
    seal: Arc<Seal>,
    clock: Arc<dyn Clock>,
    moved: broadcast::Receiver<Moved>,
    pod: Pod,
    contexts: Vec<Vec<u8>>,
    /// The token of what the runtime knows.
    known: String,
    /// When it was last told anything.
    told: Option<Instant>,
    until: Instant,
    /// The process is going; the runtime asks another one.
    stop: CancellationToken,
}

impl Watch {
    /// The next event, or the end.
    async fn next(&mut self) -> Result<Option<pb::SnapshotEvent>, Fault> {
        let Some(told) = self.told else {
            return self.tell(true).await;
        };
        loop {
            let quiet = told + QUIET;
            let stop = self.stop.clone();
            let changed = tokio::select! {
                () = stop.cancelled() => return Ok(None),
                changed = self.change(quiet.min(self.until)) => changed,
            };
            if Instant::now() >= self.until {
                return Ok(None);
            }
            let event = self.tell(!changed).await?;
            if event.is_some() {
                return Ok(event);
            }
        }
    }

    /// Waits until something changed that may be in the snapshot, at most until then.
    async fn change(&mut self, until: Instant) -> bool {
        let tenant = self.pod.tenancy.id;
        let pulse = self.app.pulse(tenant);
        tokio::time::sleep_until((Instant::now() + PAUSE).min(until)).await;
        loop {
            if self.app.pulse(tenant) != pulse || pulse.is_deaf() {
                return true;
            }
            let look = (Instant::now() + PAUSE).min(until);
            tokio::select! {
                moved = moved_in(&mut self.moved, tenant) => {
                    if moved {
                        return true;
                    }
                }
                () = tokio::time::sleep_until(look) => {
                    if Instant::now() >= until {
                        return false;
                    }
                }
            }
        }
    }

    /// The snapshot if it is another one than is known; else, where it is time to say so, that
    /// nothing changed.
    async fn tell(&mut self, also_unchanged: bool) -> Result<Option<pb::SnapshotEvent>, Fault> {
        let as_of = self.clock.now();
        let snapshot = pb::Snapshot::write(self.snapshot().await?);
        let token = hex::encode(Sha256::digest(snapshot.encode_to_vec()));
        let event = if token != self.known {
            Event::Snapshot(snapshot)
        } else if also_unchanged {
            Event::Unchanged(pb::Unchanged {})
        } else {
            return Ok(None);
        };
        self.known.clone_from(&token);
        self.told = Some(Instant::now());
        Ok(Some(pb::SnapshotEvent {
            resume_token: token,
            as_of: Some(vaultpilot_proto::Wire::write(as_of)),
            event: Some(event),
        }))
    }

    async fn snapshot(&self) -> Result<wire::Snapshot, Fault> {
        let tenant = self.pod.tenancy.id;
        let mut callers = Vec::new();
        for context in &self.contexts {
            if let Some(seen) = self.seen(context).await? {
                callers.push(seen);
            }
        }
        Ok(wire::Snapshot {
            tenant_id: tenant,
            tenant_state: self.app.tenant_state(tenant).await?.to_owned(),
            callers,
        })
    }

    /// What the caller of this context may read; nothing for one that is over, revoked or not of
    /// this pod.
    async fn seen(&self, context: &[u8]) -> Result<Option<wire::Seen>, Fault> {
        let Pod { tenancy, namespace } = &self.pod;
        let Ok(sealed) = self.seal.open(context, tenancy.id, namespace) else {
            return Ok(None);
        };
        if !sealed.is_good(self.clock.now()) {
            return Ok(None);
        }
        match self.app.authenticated_still(&sealed.caller).await {
            Ok(()) => {}
            Err(Fault::Unauthenticated) => return Ok(None),
            Err(fault) => return Err(fault),
        }
        let Seen {
            tools,
            admissions,
            wallets,
            policies,
            budgets,
            complete,
        } = self.app.seen_by(&sealed.caller).await?;
        Ok(Some(wire::Seen {
            context: context.to_vec(),
            caller: sealed.caller,
            tools,
            admissions: admissions
                .into_iter()
                .map(|(wallet, tools)| Admission { wallet, tools })
                .collect(),
            wallets,
            policies,
            budgets,
            complete,
        }))
    }
}

/// Whether the next thing that moved is of this tenant. A hint that was missed may have been.
async fn moved_in(moved: &mut broadcast::Receiver<Moved>, tenant: TenantId) -> bool {
    match moved.recv().await {
        Ok(moved) => moved.tenant == tenant,
        Err(broadcast::error::RecvError::Lagged(_)) => true,
        // The house is closing; the timer goes on.
        Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
    }
}
