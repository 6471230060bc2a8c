#![doc = include_str!("../README.md")]

mod admit;
mod api_key;
mod app;
mod approval;
mod audit_writer;
mod authenticate;
mod budget;
mod control_plane;
mod error;
mod executor;
pub mod failpoint;
mod faucet;
mod feed;
mod judge;
mod payment;
mod person;
mod plan;
mod resource;
mod scheduler;
mod snapshot;
mod transaction;
mod view;
mod wallet;

pub use api_key::{KeySecret, Pepper};
pub use app::{App, AppParts};
pub use audit_writer::AuditWriter;
pub use executor::{Executor, ExecutorParts};
pub use feed::{Feed, Moved};
pub use person::approval_decide::{Answer as ApprovalAnswer, DecideApproval};
pub use person::key::{KeyCreate, KeyCreated, KeyView};
pub use person::policy_apply::{Applied, ApplyOutcome, ApplyPolicy};
pub use person::policy_test::PolicyTest;
pub use person::status::{ChainStatus, Counts};
pub use person::wallet::Coin;
pub use scheduler::Scheduler;
