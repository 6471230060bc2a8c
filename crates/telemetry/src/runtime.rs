//! What a tenant's runtime counts and times. One pod serves one tenant, and its name is no label:
//! the namespace tells whose pod it is.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use vaultpilot_core::Tool;

use crate::label::{Build, ToolName, ToolOutcome};

type Count = Counter<u64, AtomicU64>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RunOutcome {
    status: &'static str,
}

/// Everything a runtime counts and times. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct RuntimeMetrics {
    registry: Registry,
    tool_calls: Family<ToolOutcome, Count>,
    tool_time: Family<ToolName, Histogram, fn() -> Histogram>,
    stale_reads: Family<ToolName, Count>,
    reads_owed: Gauge,
    control_plane_up: Gauge,
    runs: Family<RunOutcome, Count>,
}

impl RuntimeMetrics {
    pub fn new(version: &str) -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("vaultpilot_runtime"),
            tool_calls: Family::default(),
            tool_time: Family::new_with_constructor(quick),
            stale_reads: Family::default(),
            reads_owed: Gauge::default(),
            control_plane_up: Gauge::default(),
            runs: Family::default(),
        };
        metrics.register(Build {
            version: version.to_owned(),
            edition: "cluster",
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

    /// A call was answered from the last snapshot.
    pub fn read_stale(&self, tool: Tool) {
        let tool = tool.name();
        self.stale_reads.get_or_create(&ToolName { tool }).inc();
    }

    /// How many such reads the audit log does not have yet.
    pub fn reads_owed(&self, owed: usize) {
        self.reads_owed.set(i64::try_from(owed).unwrap_or(i64::MAX));
    }

    /// Whether the control plane is heard.
    pub fn control_plane_up(&self, up: bool) {
        self.control_plane_up.set(i64::from(up));
    }

    /// A run of a strategy was carried as far as `status`, or to an error's code.
    pub fn strategy_run(&self, status: &'static str) {
        self.runs.get_or_create(&RunOutcome { status }).inc();
    }

    /// The exposition, in `OpenMetrics` text.
    pub fn encode(&self) -> String {
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
        r.register(
            "stale_reads",
            "Calls answered from the last snapshot",
            self.stale_reads.clone(),
        );
        r.register(
            "reads_owed",
            "Calls answered from a snapshot that the audit log does not have yet",
            self.reads_owed.clone(),
        );
        r.register(
            "control_plane_up",
            "Whether the control plane is heard",
            self.control_plane_up.clone(),
        );
        r.register(
            "strategy_runs",
            "Runs of strategies, by how far they were carried",
            self.runs.clone(),
        );
    }
}

/// 0.1 ms to about 26 s: below a guarded call's aim and above a payment's longest wait.
fn quick() -> Histogram {
    Histogram::new(exponential_buckets(0.0001, 2.0, 19))
}
