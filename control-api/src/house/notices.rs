//! What happens, told to the log and the metrics.

use std::sync::Arc;

use async_trait::async_trait;
use vaultpilot_ports::{Notice, Notifier};
use vaultpilot_telemetry::Metrics;

/// Hears notices of every tenant. What only a person may see, a one-time code above all, is left
/// out of the log.
pub struct Notices {
    pub metrics: Arc<Metrics>,
}

#[async_trait]
impl Notifier for Notices {
    async fn notify(&self, notice: Notice) {
        self.metrics.hear(&notice);
        match &notice {
            Notice::ToolCalled { .. } => {}
            Notice::ApprovalRequested { approval, .. } => {
                tracing::info!(approval.id = %approval, "a payment waits for a person");
            }
            Notice::IntentMoved { intent, state, .. } => {
                tracing::info!(
                    transaction.id = %intent,
                    transaction.state = state.as_str(),
                    "a payment moved"
                );
            }
            Notice::Alert { message, .. } => tracing::warn!("{message}"),
        }
    }
}
