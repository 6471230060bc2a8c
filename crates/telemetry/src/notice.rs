//! Metrics as a listener of what happens.

use std::time::Duration;

use async_trait::async_trait;
use vaultpilot_policy::ReasonCode;
use vaultpilot_ports::{Notice, Notifier};

use crate::Metrics;

/// The outcomes that policy gave; others are error codes.
const JUDGED: [&str; 3] = ["allow", "deny", "needs_approval"];

/// The code in a decision's headline: `denied (per_tx_limit): …`. Only codes of the registry count,
/// so that no sentence can become a label.
fn reason(headline: &str) -> Option<&'static str> {
    let (_, rest) = headline.split_once('(')?;
    let (code, _) = rest.split_once(')')?;
    ReasonCode::ALL
        .iter()
        .map(|known| known.as_str())
        .find(|known| *known == code)
}

impl Metrics {
    /// Counts what a notice tells.
    pub fn hear(&self, notice: &Notice) {
        match notice {
            Notice::ToolCalled {
                tool,
                outcome,
                detail,
                micros,
                ..
            } => {
                self.tool_called(*tool, outcome, Duration::from_micros(*micros));
                if let Some(outcome) = JUDGED.into_iter().find(|word| word == outcome) {
                    self.decided(outcome, reason(detail));
                }
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
