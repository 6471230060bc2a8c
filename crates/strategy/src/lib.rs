#![doc = include_str!("../README.md")]
#![deny(
    clippy::float_arithmetic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

mod run;
mod schedule;
mod spec;
mod strategy;

pub use run::{End, Failure, Lease, Run, RunState, Skip};
pub use schedule::{CatchUp, Schedule, When};
pub use spec::{ApprovalRule, Body, BodyKind, FailurePolicy, Gates, Limits, Payment, Spec};
pub use strategy::{Day, Finish, Progress, State, StateName, Strategy, Suspension, Tick};
