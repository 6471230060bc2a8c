//! When a strategy runs.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Cron, Moment, Span, TimeZone};

/// When a strategy runs: by `cron`, every `interval`, or once `at` an instant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("[has(self.cron), has(self.interval), has(self.at)].filter(x, x).size() == 1")
        .message("a schedule has cron, interval or at, exactly one of the three"),
    validation = Rule::new("has(self.cron) || !has(self.timeZone)")
        .message("timeZone belongs to cron"),
    validation = Rule::new("!has(self.at) || (!has(self.startAt) && !has(self.endAt))")
        .message("startAt and endAt belong to cron and interval"),
    validation = Rule::new("!has(self.startAt) || !has(self.endAt) || self.startAt < self.endAt")
        .message("startAt is before endAt")
)]
pub struct Schedule {
    /// Five fields, such as `0 9 * * 1-5`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cron: Option<Cron>,
    /// From one run to the next, such as `24h`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("!self.matches('^0+[smhd]$')")
        .message("an interval is longer than nothing"))]
    pub interval: Option<Span>,
    /// Once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
    /// In which `cron` is read; UTC when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<TimeZone>,
    /// No run before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_at: Option<Moment>,
    /// No run from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_at: Option<Moment>,
    /// Each run starts up to this much later; how much is fixed for each tick.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jitter: Option<Span>,
    /// What becomes of runs that were missed.
    #[serde(default)]
    pub catch_up: CatchUp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum CatchUp {
    /// They are skipped.
    #[default]
    Skip,
    /// One run for all of them.
    RunOnce,
}
