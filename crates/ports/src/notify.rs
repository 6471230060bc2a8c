//! How people hear of what waits for them, and what happens.

use async_trait::async_trait;
use secrecy::SecretString;
use vaultpilot_core::{ApprovalId, IntentId, Timestamp, Tool};
use vaultpilot_intent::StateName;

/// Something a person may want to see.
#[derive(Debug)]
pub enum Notice {
    /// A tool was called; one line of the live stream.
    ToolCalled {
        at: Timestamp,
        agent: String,
        tool: Tool,
        wallet: Option<String>,
        /// `allow`, `deny`, `needs_approval`, or an error code.
        outcome: String,
        detail: String,
        micros: u64,
    },
    /// A payment waits for a person. The code, where one is asked for, leaves the house only here.
    ApprovalRequested {
        at: Timestamp,
        approval: ApprovalId,
        summary: String,
        expires_at: Timestamp,
        code: Option<SecretString>,
    },
    IntentMoved {
        at: Timestamp,
        intent: IntentId,
        state: StateName,
        detail: String,
    },
    /// Something a person must look at.
    Alert { at: Timestamp, message: String },
}

/// Contract: never fails and never blocks the money path; a notice may be lost, the facts are in
/// the store.
#[async_trait]
pub trait Notifier: Send + Sync {
    async fn notify(&self, notice: Notice);
}
