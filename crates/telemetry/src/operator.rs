//! What the operator counts and times. No tenant's name is a label.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    controller: &'static str,
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Controller {
    controller: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Readiness {
    ready: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WalletState {
    state: &'static str,
}

/// Everything the operator counts and times. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct OperatorMetrics {
    registry: Registry,
    reconciles: Family<Outcome, Counter<u64, AtomicU64>>,
    reconcile_time: Family<Controller, Histogram, fn() -> Histogram>,
    queue_depth: Family<Controller, Gauge>,
    leader: Gauge,
    tenants: Family<Readiness, Gauge>,
    wallets: Family<WalletState, Gauge>,
    endpoints_verified: Gauge,
    deletions_blocked: Family<Controller, Gauge>,
    drift_corrected: Counter<u64, AtomicU64>,
}

impl Default for OperatorMetrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("vaultpilot_operator"),
            reconciles: Family::default(),
            reconcile_time: Family::new_with_constructor(span),
            queue_depth: Family::default(),
            leader: Gauge::default(),
            tenants: Family::default(),
            wallets: Family::default(),
            endpoints_verified: Gauge::default(),
            deletions_blocked: Family::default(),
            drift_corrected: Counter::default(),
        };
        metrics.register();
        metrics
    }
}

impl OperatorMetrics {
    /// A pass over one object ended. `result` is `ok`, `error`, `paused` or `undecodable`.
    pub fn reconciled(&self, controller: &'static str, result: &'static str, time: Duration) {
        self.reconciles
            .get_or_create(&Outcome { controller, result })
            .inc();
        self.reconcile_time
            .get_or_create(&Controller { controller })
            .observe(time.as_secs_f64());
    }

    /// How many objects are being worked on now.
    pub fn queue_depth(&self, controller: &'static str, depth: usize) {
        self.queue_depth
            .get_or_create(&Controller { controller })
            .set(number(depth));
    }

    pub fn leads(&self, leads: bool) {
        self.leader.set(i64::from(leads));
    }

    pub fn tenants(&self, ready: usize, not_ready: usize) {
        for (word, count) in [("true", ready), ("false", not_ready)] {
            self.tenants
                .get_or_create(&Readiness { ready: word })
                .set(number(count));
        }
    }

    /// `state` is one of a closed set: `ready`, `frozen` or `not_ready`.
    pub fn wallets(&self, state: &'static str, count: usize) {
        self.wallets
            .get_or_create(&WalletState { state })
            .set(number(count));
    }

    /// How many tenants' endpoints are verified.
    pub fn endpoints_verified(&self, count: usize) {
        self.endpoints_verified.set(number(count));
    }

    pub fn deletions_blocked(&self, controller: &'static str, count: usize) {
        self.deletions_blocked
            .get_or_create(&Controller { controller })
            .set(number(count));
    }

    /// An object was not as the operator had left it, and was put right.
    pub fn drift_corrected(&self, objects: u64) {
        self.drift_corrected.inc_by(objects);
    }

    /// The exposition, in `OpenMetrics` text.
    pub fn encode(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }

    fn register(&mut self) {
        let r = &mut self.registry;
        r.register("reconcile", "Passes over objects", self.reconciles.clone());
        r.register_with_unit(
            "reconcile_duration",
            "Time of a pass over one object",
            Unit::Seconds,
            self.reconcile_time.clone(),
        );
        r.register(
            "queue_depth",
            "Objects that are being worked on",
            self.queue_depth.clone(),
        );
        r.register(
            "leader",
            "Whether this replica is the one that works",
            self.leader.clone(),
        );
        r.register("tenants", "Tenants by readiness", self.tenants.clone());
        r.register("wallets", "Wallets by state", self.wallets.clone());
        r.register(
            "endpoint_verified",
            "Tenants whose endpoint is verified",
            self.endpoints_verified.clone(),
        );
        r.register(
            "deletion_blocked",
            "Objects whose deletion something blocks",
            self.deletions_blocked.clone(),
        );
        r.register(
            "drift_corrected",
            "Objects that were not as the operator had left them",
            self.drift_corrected.clone(),
        );
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// 1 ms to about half a minute.
fn span() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.0, 16))
}
