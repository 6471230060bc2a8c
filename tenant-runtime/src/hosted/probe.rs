//! The door of the cluster: probes and metrics, on a port of their own that agents never see.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio_util::sync::CancellationToken;
use vaultpilot_telemetry::{CONTENT_TYPE, RuntimeMetrics};

use super::known::Known;

#[derive(Clone)]
pub(super) struct Health {
    pub(super) known: Arc<Known>,
    pub(super) metrics: Arc<RuntimeMetrics>,
    /// The process was told to end.
    pub(super) draining: CancellationToken,
}

pub(super) fn router(health: Health) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(health)
}

/// Ready as long as there is something to answer with. A control plane that restarts does not make
/// the pod unready: reads go on, and another pod would not know more.
async fn ready(State(health): State<Health>) -> (StatusCode, &'static str) {
    if health.draining.is_cancelled() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining\n")
    } else if health.known.answers() {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "control plane is away\n")
    }
}

async fn metrics(State(health): State<Health>) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, CONTENT_TYPE)],
        health.metrics.encode(),
    )
}
