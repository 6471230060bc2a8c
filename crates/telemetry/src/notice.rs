//! Metrics as a listener of what happens.

use std::time::Duration;

use async_trait::async_trait;
use vaultpilot_ports::{Notice, Notifier};

use crate::Metrics;

impl Metrics {
    /// Counts what a notice tells.
    pub fn hear(&self, notice: &Notice) {
        match notice {
            Notice::ToolCalled {
                tool,
                outcome,
                micros,
                ..
            } => {
                self.tool_called(*tool, outcome, Duration::from_micros(*micros));
            }
            Notice::IntentMoved { state, .. } => self.intent_moved(state.as_str()),
            Notice::Alert { .. } => self.alerted(),
            Notice::ApprovalRequested { .. } => {}
        }
    }
}

#[async_trait]
impl Notifier for Metrics {
    async fn notify(&self, notice: Notice) {
        self.hear(&notice);
    }
}
