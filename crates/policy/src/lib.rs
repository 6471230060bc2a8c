#![doc = include_str!("../README.md")]
#![deny(
    clippy::float_arithmetic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

pub mod document;

mod admit;
mod budget;
mod compile;
mod decide;
mod decision;
mod facts;
mod policy;
mod rate;
mod reason;
mod set;
mod usage;
mod visible;

pub use admit::admit;
pub use budget::{Limit, LimitLine};
pub use compile::{CompileError, Problem};
pub use decide::decide;
pub use decision::{ApprovalTerms, Approvers, Decision, Outcome, RuleRef};
pub use document::{Document, DocumentError};
pub use facts::{Facts, Freeze, GasFacts, GrantedApproval, RecipientFacts};
pub use policy::{Layer, Policy};
pub use rate::RateBook;
pub use reason::{Reason, ReasonCode};
pub use set::{PolicySet, PolicyVersion, dry_run_required, duplicate_window};
pub use usage::{CounterScope, Usage, UsageKey, Used};

/// The policy `vaultpilot up --devnet` installs: play money on the local chain, within limits.
pub const DEVNET_GUARD: &str = include_str!("../examples/devnet-guard.yaml");
