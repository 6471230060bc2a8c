//! One notice, many listeners: the terminal, the metrics, the live feed of the admin page.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::{broadcast, mpsc};
use vaultpilot_control_api::LiveEvent;
use vaultpilot_core::Clock;
use vaultpilot_ports::{Notice, Notifier};
use vaultpilot_telemetry::Metrics;
use vaultpilot_tenant_runtime::{CallObserver, CallRecord};

use super::Live;

/// Calls that wait to be told. Whoever does not keep up loses lines, never an answer.
const WAITING: usize = 4096;

/// Tells everybody. The terminal comes last, because it takes the notice away.
pub(crate) struct Fanout {
    pub live: Live,
    pub metrics: Arc<Metrics>,
    pub feed: broadcast::Sender<LiveEvent>,
}

#[async_trait]
impl Notifier for Fanout {
    async fn notify(&self, notice: Notice) {
        // Nobody may be watching; then the event is dropped.
        let _ = self.feed.send(event(&notice));
        self.metrics.hear(&notice);
        self.live.notify(notice).await;
    }
}

/// A notice without what only the terminal may show.
fn event(notice: &Notice) -> LiveEvent {
    match notice {
        Notice::ToolCalled {
            at,
            agent,
            tool,
            wallet,
            outcome,
            detail,
            micros,
        } => LiveEvent::ToolCalled {
            at: at.to_string(),
            agent: agent.clone(),
            tool: tool.name().to_owned(),
            wallet: wallet.clone(),
            outcome: outcome.clone(),
            detail: detail.clone(),
            micros: *micros,
        },
        Notice::ApprovalRequested {
            at,
            approval,
            summary,
            expires_at,
            ..
        } => LiveEvent::ApprovalRequested {
            at: at.to_string(),
            approval_id: approval.to_string(),
            summary: summary.clone(),
            expires_at: expires_at.to_string(),
        },
        Notice::IntentMoved {
            at,
            intent,
            state,
            detail,
        } => LiveEvent::IntentMoved {
            at: at.to_string(),
            transaction_id: intent.to_string(),
            state: state.as_str().to_owned(),
            detail: detail.clone(),
        },
        Notice::Alert { at, message } => LiveEvent::Alert {
            at: at.to_string(),
            message: message.clone(),
        },
    }
}

/// Hears tool calls from the MCP door and hands them on without keeping the caller waiting.
pub(crate) struct Calls {
    clock: Arc<dyn Clock>,
    queue: mpsc::Sender<Notice>,
}

impl Calls {
    /// The observer, and the task that tells what it hears.
    pub(crate) fn new(
        clock: Arc<dyn Clock>,
        notifier: Arc<dyn Notifier>,
    ) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (queue, mut heard) = mpsc::channel(WAITING);
        let tell = async move {
            while let Some(notice) = heard.recv().await {
                notifier.notify(notice).await;
            }
        };
        (Self { clock, queue }, tell)
    }
}

impl CallObserver for Calls {
    fn called(&self, call: &CallRecord<'_>) {
        let notice = Notice::ToolCalled {
            at: self.clock.now(),
            agent: call.caller.name().to_owned(),
            tool: call.tool,
            wallet: call.wallet.map(str::to_owned),
            outcome: call.outcome.to_owned(),
            detail: call.detail.to_owned(),
            micros: call.micros,
        };
        // Full: this one is not told; it is in the audit log.
        let _ = self.queue.try_send(notice);
    }
}
