//! Looks at what nobody reports by themselves, for the metrics: how many approvals wait.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use vaultpilot_app::App;
use vaultpilot_core::Caller;
use vaultpilot_telemetry::Metrics;

/// As often as Prometheus usually asks.
const EVERY: Duration = Duration::from_secs(15);

pub(crate) struct Gauges {
    pub metrics: Arc<Metrics>,
    pub app: Arc<App>,
    pub owner: Caller,
}

impl Gauges {
    /// Looks at once and then regularly, until told to stop.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut turns = interval(EVERY);
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = turns.tick() => {}
            }
            self.look().await;
        }
    }

    async fn look(&self) {
        if let Ok(counts) = self.app.counts(&self.owner).await {
            let waiting = u64::try_from(counts.approvals_waiting).unwrap_or(u64::MAX);
            self.metrics.approvals_waiting(waiting);
        }
    }
}
