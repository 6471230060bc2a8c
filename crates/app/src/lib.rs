#![doc = include_str!("../README.md")]

mod admit;
mod api_key;
mod app;
mod approval;
mod audit_writer;
mod authenticate;
mod budget;
mod control_plane;
mod custody;
mod error;
mod executor;
pub mod failpoint;
mod faucet;
mod feed;
mod judge;
mod kek;
mod patience;
mod payment;
mod person;
mod plan;
mod reconcile;
mod resource;
mod runtime;
mod scheduler;
mod snapshot;
mod strategy;
mod transaction;
mod view;
mod wallet;

pub use api_key::{KeySecret, Pepper};
pub use app::{App, AppParts, Exports};
pub use audit_writer::AuditWriter;
pub use custody::{Custody, CustodyParts};
pub use executor::{Executor, ExecutorParts};
pub use feed::{Feed, Moved};
pub use person::approval_decide::{Answer as ApprovalAnswer, DecideApproval};
pub use person::custody::import::{ImportKey, ImportKeys, MAX_KEYS as MAX_IMPORT_KEYS, MAX_SEALED};
pub use person::custody::view::{
    CustodyView, KekView, KeyCount, KeyTaskView, KeyTaskWallet, RecipientView,
};
pub use person::key::{KeyCreate, KeyCreated, KeyView};
pub use person::policy_apply::{Applied, ApplyOutcome, ApplyPolicy};
pub use person::policy_test::PolicyTest;
pub use person::status::{ChainStatus, Counts};
pub use person::wallet::Coin;
pub use reconcile::{
    ChainStanding, Reconciliation, RestoredChain, RestoredPayment, RestoredWallet, house_backed_up,
    house_restored,
};
pub use runtime::{MAX_READS, Pulse, Seen, ServedRead};
pub use scheduler::Scheduler;
pub use strategy::ApplyStrategy;
