#![doc = include_str!("../README.md")]
#![deny(
    clippy::float_arithmetic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

mod calendar;
mod compile;
mod cron;
mod problem;
mod run;
mod schedule;
mod spec;
mod step;
mod strategy;

pub use calendar::Calendar;
pub use compile::Compiled;
pub use problem::{Problem, Problems};
pub use run::{Booking, End, Failure, Lease, Run, RunState, Skip};
pub use schedule::{CatchUp, Schedule, When};
pub use spec::{ApprovalRule, Body, BodyKind, FailurePolicy, Gates, Limits, Payment, Spec};
pub use step::{Command, Event, ON_TIME, PATIENCE, StepError, step};
pub use strategy::{Day, Finish, Progress, State, StateName, Strategy, Suspension, Tick};
