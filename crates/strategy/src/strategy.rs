//! A strategy: what it does, where it stands, how far it has come.

use serde::{Deserialize, Serialize};
use vaultpilot_core::{BaseUnits, Label, Managed, StrategyId, TenantId, Timestamp, WalletId};

use crate::Spec;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strategy {
    pub id: StrategyId,
    pub tenant: TenantId,
    /// Unique among what is not detached; policies match it as an agent's name.
    pub name: Label,
    pub wallet: WalletId,
    pub spec: Spec,
    /// Of the token it pays, read from the chain when it was applied.
    pub decimals: u8,
    pub state: State,
    pub progress: Progress,
    /// Grows by one with every change: who writes says which one was read.
    pub revision: u64,
    pub managed: Option<Managed>,
    pub created_at: Timestamp,
}

/// A moment to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Tick {
    /// As the schedule says; a run is known by it.
    pub planned_at: Timestamp,
    /// With jitter.
    pub due_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    Active {
        next: Tick,
    },
    /// Runs nothing until somebody resumes it.
    Suspended {
        why: Suspension,
        at: Timestamp,
    },
    /// Nothing is left to run; runs that were begun still end.
    Finished {
        why: Finish,
        at: Timestamp,
    },
    /// Begins nothing any more; waits for what is signed.
    Detaching {
        at: Timestamp,
    },
    /// Only its history is left.
    Detached {
        at: Timestamp,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Suspension {
    /// Somebody wanted it.
    Requested { reason: String },
    /// So many runs failed one after the other.
    Failures { count: u32 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// No tick is left before `end_at`, or at all.
    ScheduleEnded,
    MaxRuns,
    MaxTotal,
}

impl Finish {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ScheduleEnded => "schedule_ended",
            Self::MaxRuns => "max_runs",
            Self::MaxTotal => "max_total",
        }
    }
}

/// The state without its facts, for lists and columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateName {
    Active,
    Suspended,
    Finished,
    Detaching,
    Detached,
}

impl StateName {
    pub const ALL: [Self; 5] = [
        Self::Active,
        Self::Suspended,
        Self::Finished,
        Self::Detaching,
        Self::Detached,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Finished => "finished",
            Self::Detaching => "detaching",
            Self::Detached => "detached",
        }
    }
}

impl State {
    pub const fn name(&self) -> StateName {
        match self {
            Self::Active { .. } => StateName::Active,
            Self::Suspended { .. } => StateName::Suspended,
            Self::Finished { .. } => StateName::Finished,
            Self::Detaching { .. } => StateName::Detaching,
            Self::Detached { .. } => StateName::Detached,
        }
    }

    pub const fn next(&self) -> Option<Tick> {
        match self {
            Self::Active { next } => Some(*next),
            _ => None,
        }
    }
}

/// What all runs added up to. Kept when their history is trimmed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// Runs that asked for a payment or simulated one.
    pub begun: u64,
    pub succeeded: u64,
    /// By policy; counted nowhere else.
    pub denied: u64,
    pub failed: u64,
    /// Ticks that asked for nothing: missed, gate closed, over a limit.
    pub skipped: u64,
    pub consecutive_failures: u32,
    /// Counts the edits of the body.
    pub edition: u32,
    /// Runs that paid this edition.
    pub paid_as_it_is: u64,
    /// Paid, or asked for and not over yet.
    pub spent: BaseUnits,
    /// The same, on the last day something was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub today: Option<Day>,
    /// The newest tick that was looked at: no tick comes again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_tick_at: Option<Timestamp>,
}

/// What one day of the schedule's time zone added up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// When it began.
    pub began_at: Timestamp,
    pub spent: BaseUnits,
}
