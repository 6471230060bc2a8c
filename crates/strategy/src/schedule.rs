//! When a strategy runs.

use serde::{Deserialize, Serialize};
use vaultpilot_core::{Duration, Timestamp};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    pub when: When,
    /// IANA name: what cron fields mean, and where a day begins.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// No tick is before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_at: Option<Timestamp>,
    /// No tick is at or after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_at: Option<Timestamp>,
    /// A run is late by up to this, so that not everybody pays in the same second. The same tick is
    /// always late by as much.
    #[serde(default)]
    pub jitter: Duration,
    #[serde(default)]
    pub catch_up: CatchUp,
}

fn utc() -> String {
    Schedule::UTC.to_owned()
}

impl Schedule {
    pub const UTC: &'static str = "UTC";

    /// At these times, without ends, jitter or catching up.
    pub fn new(when: When) -> Self {
        Self {
            when,
            time_zone: utc(),
            start_at: None,
            end_at: None,
            jitter: Duration::ZERO,
            catch_up: CatchUp::Skip,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Minute, hour, day of month, month, day of week.
    Cron(String),
    /// Counted from `start_at`, or from when the strategy was made.
    Interval(Duration),
    /// Once.
    At(Timestamp),
}

/// What becomes of ticks nobody was there for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CatchUp {
    /// They are left out.
    #[default]
    Skip,
    /// One run makes up for all of them.
    RunOnce,
}
