//! What every handler is given.

use std::sync::Arc;

use serde::Serialize;
use tokio::sync::broadcast;
use vaultpilot_app::App;
use vaultpilot_core::{Clock, TenantName, Timestamp};

use crate::Sessions;

/// What this house is, for `status`.
#[derive(Debug, Clone)]
pub struct House {
    pub version: &'static str,
    /// `edge` or `cluster`
    pub edition: &'static str,
    pub tenant: TenantName,
    /// A folder, or a database.
    pub data_dir: String,
    pub api_url: String,
    pub mcp_url: String,
    pub metrics_url: String,
    pub started_at: Timestamp,
    /// `Host` values this listener answers to.
    pub allowed_hosts: Vec<String>,
}

/// One event of the live feed, as it is streamed: never a code, never a secret.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum LiveEvent {
    ToolCalled {
        at: String,
        agent: String,
        tool: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        wallet: Option<String>,
        outcome: String,
        detail: String,
        micros: u64,
    },
    ApprovalRequested {
        at: String,
        approval_id: String,
        summary: String,
        expires_at: String,
    },
    IntentMoved {
        at: String,
        transaction_id: String,
        state: String,
        detail: String,
    },
    Alert {
        at: String,
        message: String,
    },
}

/// Shared by all handlers.
#[derive(Clone)]
pub struct Api {
    pub app: Arc<App>,
    pub clock: Arc<dyn Clock>,
    pub house: Arc<House>,
    pub sessions: Sessions,
    pub live: broadcast::Sender<LiveEvent>,
}
