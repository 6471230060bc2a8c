//! What the control plane tells a runtime while it is there, for the time when it is not.

use std::time::Duration;

use tonic::{Request, Streaming};
use vaultpilot_core::Timestamp;
use vaultpilot_ports::Fault;

use super::{Link, unreadable};
use crate::fault::{CONTROL_PLANE_UNAVAILABLE, from_status};
use crate::pb::runtime_service_client::RuntimeServiceClient;
use crate::pb::snapshot_event::Event;
use crate::wire::Snapshot;
use crate::{WireError, pb};

/// A snapshot holds all wallets, policies and budgets of its callers.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// Something is said every 15 s; who says nothing for so long is not there.
const SILENCE: Duration = Duration::from_secs(40);

/// What the stream says.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// To go on from here.
    pub resume_token: String,
    /// The instant up to which what is known is true.
    pub as_of: Timestamp,
    /// All of it anew; `None` when what is known is still true.
    pub snapshot: Option<Snapshot>,
}

pub struct SnapshotStream(Streaming<pb::SnapshotEvent>);

impl SnapshotStream {
    pub(super) async fn open(
        link: &Link,
        request: pb::WatchSnapshotRequest,
    ) -> Result<Self, Fault> {
        let request: Request<_> = link.request(request).await?;
        let client = RuntimeServiceClient::new(link.channel().await);
        let mut client = client.max_decoding_message_size(MAX_BYTES);
        let answer = tokio::time::timeout(SILENCE, client.watch_snapshot(request)).await;
        match answer.map_err(|_| silent())? {
            Ok(stream) => Ok(Self(stream.into_inner())),
            Err(status) => Err(from_status(&status)),
        }
    }

    /// The next thing that is said; `None` when the control plane ends the stream in good order: open
    /// another one from the last token.
    ///
    /// # Errors
    /// When the stream breaks or falls silent.
    pub async fn next(&mut self) -> Result<Option<Change>, Fault> {
        let message = tokio::time::timeout(SILENCE, self.0.message()).await;
        match message.map_err(|_| silent())? {
            Ok(Some(event)) => read(event).map(Some).map_err(|error| unreadable(&error)),
            Ok(None) => Ok(None),
            Err(status) => Err(from_status(&status)),
        }
    }
}

fn read(event: pb::SnapshotEvent) -> Result<Change, WireError> {
    let as_of = crate::required(event.as_of).map_err(|error| error.within("as_of"))?;
    let snapshot = match event.event {
        Some(Event::Snapshot(snapshot)) => {
            Some(Snapshot::try_from(snapshot).map_err(|error| error.within("snapshot"))?)
        }
        Some(Event::Unchanged(pb::Unchanged {})) => None,
        None => return Err(WireError::new("says nothing").within("event")),
    };
    Ok(Change {
        resume_token: event.resume_token,
        as_of,
        snapshot,
    })
}

fn silent() -> Fault {
    Fault::unavailable(CONTROL_PLANE_UNAVAILABLE, "the control plane fell silent")
}
