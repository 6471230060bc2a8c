//! The registry, and one method per thing that happens.

use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use vaultpilot_core::{ChainId, Tool};

use crate::label::{Build, Chain, Judgement, Kind, State, ToolName, ToolOutcome};

/// What `/metrics` answers as its content type.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Count = Counter<u64, AtomicU64>;
type Timing<L> = Family<L, Histogram, fn() -> Histogram>;

/// Everything that is counted and timed. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    tool_calls: Family<ToolOutcome, Count>,
    tool_time: Timing<ToolName>,
    decisions: Family<Judgement, Count>,
    intents: Family<State, Count>,
    approvals_waiting: Gauge,
    endpoints_healthy: Family<Chain, Gauge>,
    rpc_time: Timing<Chain>,
    audit_time: Histogram,
    audit_batch: Histogram,
    alerts: Count,
    key_memory: Family<Kind, Gauge>,
    key_memory_now: OnceLock<fn() -> &'static str>,
}

impl Metrics {
    /// `edition` is `edge` or `cluster`.
    pub fn new(version: &str, edition: &'static str) -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("vaultpilot"),
            tool_calls: Family::default(),
            tool_time: Family::new_with_constructor(quick),
            decisions: Family::default(),
            intents: Family::default(),
            approvals_waiting: Gauge::default(),
            endpoints_healthy: Family::default(),
            rpc_time: Family::new_with_constructor(quick),
            audit_time: quick(),
            audit_batch: Histogram::new(exponential_buckets(1.0, 2.0, 9)),
            alerts: Counter::default(),
            key_memory: Family::default(),
            key_memory_now: OnceLock::new(),
        };
        metrics.register(Build {
            version: version.to_owned(),
            edition,
        });
        metrics
    }

    /// A tool call was answered. `outcome` is `allow`, `deny`, `needs_approval` or an error code.
    pub fn tool_called(&self, tool: Tool, outcome: &str, time: Duration) {
        let tool = tool.name();
        self.tool_calls
            .get_or_create(&ToolOutcome {
                tool,
                outcome: outcome.to_owned(),
            })
            .inc();
        self.tool_time
            .get_or_create(&ToolName { tool })
            .observe(time.as_secs_f64());
    }

    /// Policy judged. `reason` is the first reason's code, where there is one.
    pub fn decided(&self, outcome: &'static str, reason: Option<&'static str>) {
        let reason = reason.unwrap_or_default();
        self.decisions
            .get_or_create(&Judgement { outcome, reason })
            .inc();
    }

    /// An intent entered a state.
    pub fn intent_moved(&self, state: &'static str) {
        self.intents.get_or_create(&State { state }).inc();
    }

    /// How many approvals wait, over all tenants.
    pub fn approvals_waiting(&self, waiting: u64) {
        self.approvals_waiting
            .set(i64::try_from(waiting).unwrap_or(i64::MAX));
    }

    /// How many endpoints of a chain are healthy.
    pub fn endpoints_healthy(&self, chain: ChainId, healthy: usize) {
        let healthy = i64::try_from(healthy).unwrap_or(i64::MAX);
        self.endpoints_healthy
            .get_or_create(&Chain {
                chain: chain.to_string(),
            })
            .set(healthy);
    }

    /// A chain's endpoint answered.
    pub fn rpc_answered(&self, chain: ChainId, time: Duration) {
        let label = Chain {
            chain: chain.to_string(),
        };
        self.rpc_time
            .get_or_create(&label)
            .observe(time.as_secs_f64());
    }

    /// Audit entries were made durable.
    pub fn audit_appended(&self, entries: u32, time: Duration) {
        self.audit_batch.observe(f64::from(entries));
        self.audit_time.observe(time.as_secs_f64());
    }

    /// Something a person must look at happened.
    pub fn alerted(&self) {
        self.alerts.inc();
    }

    /// Says once what memory keys lie in, and from then on shows it at every look: a kernel that runs
    /// short of guarded pages gives others later.
    pub fn watch_key_memory(&self, now: fn() -> &'static str) {
        let kind = now();
        tracing::info!(keys.memory = kind, "keys lie in {kind} memory");
        let _ = self.key_memory_now.set(now);
    }

    /// The exposition, in `OpenMetrics` text.
    pub fn encode(&self) -> String {
        if let Some(now) = self.key_memory_now.get() {
            self.key_memory.clear();
            self.key_memory.get_or_create(&Kind { kind: now() }).set(1);
        }
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }

    fn register(&mut self, build: Build) {
        let r = &mut self.registry;
        r.register("build", "Which build this is", Info::new(build));
        r.register("tool_calls", "Tool calls answered", self.tool_calls.clone());
        r.register_with_unit(
            "tool_call_duration",
            "Time from a tool call to its answer",
            Unit::Seconds,
            self.tool_time.clone(),
        );
        r.register("decisions", "Policy decisions", self.decisions.clone());
        r.register(
            "intents",
            "Intents that entered a state",
            self.intents.clone(),
        );
        r.register(
            "approvals_waiting",
            "Approvals that wait for a person",
            self.approvals_waiting.clone(),
        );
        r.register(
            "chain_endpoints_healthy",
            "Endpoints of a chain that answer",
            self.endpoints_healthy.clone(),
        );
        r.register_with_unit(
            "chain_rpc_duration",
            "Time an endpoint takes to answer",
            Unit::Seconds,
            self.rpc_time.clone(),
        );
        r.register_with_unit(
            "audit_append_duration",
            "Time to make audit entries durable",
            Unit::Seconds,
            self.audit_time.clone(),
        );
        r.register(
            "audit_append_entries",
            "Audit entries written together",
            self.audit_batch.clone(),
        );
        r.register(
            "alerts",
            "Things a person must look at",
            self.alerts.clone(),
        );
        r.register(
            "key_memory_protection",
            "What memory keys lie in: guarded, locked or plain",
            self.key_memory.clone(),
        );
    }
}

/// 0.1 ms to about 26 s: below a guarded call's aim and above a payment's longest wait.
fn quick() -> Histogram {
    Histogram::new(exponential_buckets(0.0001, 2.0, 19))
}
