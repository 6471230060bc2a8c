//! Looks at the chains' endpoints, for the metrics: whether they answer and how quickly.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use vaultpilot_ports::ChainReader;
use vaultpilot_telemetry::Metrics;

/// As often as Prometheus usually asks.
const EVERY: Duration = Duration::from_secs(15);

pub struct EndpointGauges {
    pub metrics: Arc<Metrics>,
    pub chains: Arc<dyn ChainReader>,
}

impl EndpointGauges {
    /// Looks at once and then regularly, until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        let mut turns = interval(EVERY);
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = turns.tick() => {}
            }
            // A chain that hangs must not keep the house from stopping.
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.look() => {}
            }
        }
    }

    /// Looks once.
    pub async fn look(&self) {
        for chain in self.chains.chains() {
            let endpoints = self.chains.status(chain.id).await.unwrap_or_default();
            let healthy = endpoints.iter().filter(|endpoint| endpoint.healthy).count();
            self.metrics.endpoints_healthy(chain.id, healthy);
            for latency in endpoints.iter().filter_map(|endpoint| endpoint.latency_ms) {
                self.metrics
                    .rpc_answered(chain.id, Duration::from_millis(latency));
            }
        }
    }
}
