//! The signing side: verifies what was decided, simulates, signs, broadcasts, follows to finality.
//!
//! One lane per (chain, address), under a lease: many wallets in parallel, one wallet in order.
//! Takes no input but the store; runs on a hint and on a timer; killed anywhere, it goes on.

mod advance;
mod key;
mod lane;
mod sign;
mod track;
mod verify;

use std::collections::HashMap;
use std::sync::Arc;

use alloy_primitives::Address;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vaultpilot_core::{ChainId, Clock, Duration, Entropy};
use vaultpilot_ports::{Broadcaster, ChainReader, Notifier, Signer, Store, TxCodec};

use crate::Feed;
use lane::Lane;

/// How often the store is asked for work nobody hinted at.
const PERIOD: Duration = Duration::from_secs(1);

/// What the signing side needs of the world.
pub struct ExecutorParts {
    pub store: Arc<dyn Store>,
    pub signer: Arc<dyn Signer>,
    pub chain: Arc<dyn ChainReader>,
    pub broadcaster: Arc<dyn Broadcaster>,
    pub codec: Arc<dyn TxCodec>,
    pub notifier: Arc<dyn Notifier>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub feed: Feed,
    /// Names this process in leases.
    pub holder: String,
    /// How often a chain is asked for receipts.
    pub poll: Duration,
}

/// A wallet's key on one chain: what must happen in order.
type LaneKey = (ChainId, Address);

pub struct Executor {
    parts: Arc<ExecutorParts>,
    lanes: HashMap<LaneKey, Arc<Notify>>,
    running: TaskTracker,
}

impl Executor {
    pub fn new(parts: ExecutorParts) -> Self {
        Self {
            parts: Arc::new(parts),
            lanes: HashMap::new(),
            running: TaskTracker::new(),
        }
    }

    /// Runs until told to stop; every lane finishes the step it is at.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut last = None;
        while !stop.is_cancelled() {
            match self.parts.store.intent_in_flight().await {
                Ok(work) => {
                    for one in work {
                        self.wake((one.chain, one.address), &stop);
                    }
                }
                Err(error) if last.as_ref() != Some(&error.to_string()) => {
                    tracing::warn!(%error, "executor cannot read its work; it goes on trying");
                    last = Some(error.to_string());
                }
                Err(_) => {}
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.parts.feed.work() => {}
                () = tokio::time::sleep(PERIOD) => {}
            }
        }
        self.running.close();
        self.running.wait().await;
    }

    /// Gives a lane a hint, and life where it has none.
    fn wake(&mut self, key: LaneKey, stop: &CancellationToken) {
        let parts = &self.parts;
        let running = &self.running;
        let hint = self.lanes.entry(key).or_insert_with(|| {
            let hint = Arc::new(Notify::new());
            let lane = Lane::new(Arc::clone(parts), key, Arc::clone(&hint));
            running.spawn(lane.run(stop.clone()));
            hint
        });
        hint.notify_one();
    }
}
