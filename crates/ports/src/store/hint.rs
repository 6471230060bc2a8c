//! What other processes on the same store tell each other. Hints, never truths: each may be missed,
//! and what it is about is then found in the store.

use async_trait::async_trait;
use vaultpilot_core::{IntentId, KeyTaskId, TenantId};
use vaultpilot_intent::StateName;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// An intent was recorded or changed its state.
    Moved {
        tenant: TenantId,
        intent: IntentId,
        state: StateName,
    },
    /// Policies, wallets, keys, strategies or the state of this tenant changed.
    Changed { tenant: TenantId },
    /// A key task was asked for, or changed its state.
    KeyTask { tenant: TenantId, task: KeyTaskId },
    /// Nothing is heard from here on: whoever remembers anything forgets it and reads each time.
    Lost,
    /// Everything is heard again from here on.
    Heard,
}

/// Hints of every process on this store, this one's too, from the commit on that caused them.
#[async_trait]
pub trait Hints: Send {
    /// The next one. Never fails: a lost connection is a hint, and is mended in here.
    async fn next(&mut self) -> Hint;
}
