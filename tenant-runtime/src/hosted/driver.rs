//! Drives strategies: asks what is due, and says that it is time. What is paid, and whether, is
//! decided elsewhere; whatever happens here, a tick pays once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream;
use tokio_util::sync::CancellationToken;
use vaultpilot_core::{Clock, TenantId, Timestamp};
use vaultpilot_ports::StrategyPlane;
use vaultpilot_ports::strategy_plane::LeasedTick;
use vaultpilot_telemetry::RuntimeMetrics;

use super::known::Known;

/// Leased at once: as many as are carried out at once, or leases would run out waiting.
const AT_ONCE: u32 = 4;
/// A strategy that was just applied may be due before anything that was known.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);
const SHORTEST_SLEEP: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

pub(super) struct Driver {
    pub(super) plane: Arc<dyn StrategyPlane>,
    pub(super) known: Arc<Known>,
    pub(super) holder: String,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) metrics: Arc<RuntimeMetrics>,
}

impl Driver {
    /// Runs until `stop`; a run that was begun is carried to its end first.
    pub(super) async fn run(self, stop: CancellationToken) {
        let mut known = self.known.tenant();
        let tenant = tokio::select! {
            () = stop.cancelled() => return,
            tenant = known.wait_for(Option::is_some) => tenant.ok().and_then(|tenant| *tenant),
        };
        let Some(tenant) = tenant else { return };
        let mut failures: u32 = 0;
        while !stop.is_cancelled() {
            let pause = if let Ok(pause) = self.round(tenant, &stop).await {
                failures = 0;
                pause
            } else {
                failures = failures.saturating_add(1);
                (SHORTEST_SLEEP * 2u32.saturating_pow(failures.min(8))).min(LONGEST_PAUSE)
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Leases, carries out, and tells how long to sleep.
    async fn round(&self, tenant: TenantId, stop: &CancellationToken) -> Result<Duration, ()> {
        let leased = self.plane.strategy_lease(tenant, &self.holder, AT_ONCE);
        let ticks = match leased.await {
            Ok(ticks) => ticks,
            Err(fault) => {
                tracing::debug!(code = fault.code(), "no ticks can be leased");
                return Err(());
            }
        };
        if !ticks.is_empty() {
            self.carry_out(tenant, ticks, stop).await;
            // There may be more.
            return Ok(Duration::ZERO);
        }
        match self.plane.strategy_next(tenant).await {
            Ok(next) => Ok(self.until(next)),
            Err(_) => Err(()),
        }
    }

    /// One run at a time of each strategy, several strategies at once.
    async fn carry_out(&self, tenant: TenantId, ticks: Vec<LeasedTick>, stop: &CancellationToken) {
        let mut strategies: BTreeMap<_, Vec<LeasedTick>> = BTreeMap::new();
        for tick in ticks {
            strategies.entry(tick.strategy).or_default().push(tick);
        }
        let lanes = strategies.into_values().map(|ticks| async move {
            for tick in ticks {
                // Not begun yet: its lease ends, and another pod takes it over.
                if stop.is_cancelled() {
                    return;
                }
                self.one(tenant, &tick).await;
            }
        });
        stream::iter(lanes)
            .for_each_concurrent(usize::try_from(AT_ONCE).ok(), |lane| lane)
            .await;
    }

    async fn one(&self, tenant: TenantId, tick: &LeasedTick) {
        let run = self
            .plane
            .strategy_run(tenant, &self.holder, tick.run, tick.epoch);
        match run.await {
            Ok(run) => {
                self.metrics.strategy_run(run.status.as_str());
                tracing::info!(
                    strategy.id = %tick.strategy,
                    run.id = run.id,
                    status = run.status.as_str(),
                    code = run.code,
                    "run was carried out"
                );
            }
            Err(fault) => {
                self.metrics.strategy_run("error");
                tracing::warn!(
                    strategy.id = %tick.strategy,
                    run.id = %tick.run,
                    code = fault.code(),
                    "run was not carried out; it is taken over when its lease ends"
                );
            }
        }
    }

    fn until(&self, next: Option<Timestamp>) -> Duration {
        let Some(next) = next else {
            return LONGEST_SLEEP;
        };
        let left = next.duration_since(self.clock.now());
        // Past already: the control plane's clock is not quite ours.
        let left = Duration::try_from(left).unwrap_or_default();
        left.clamp(SHORTEST_SLEEP, LONGEST_SLEEP)
    }
}

#[cfg(test)]
mod tests;
