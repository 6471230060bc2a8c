//! `/healthz`, `/readyz` and `/metrics`.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use vaultpilot_telemetry::{CONTENT_TYPE, OperatorMetrics};

/// Whether this replica does its work, as leader or as one that waits to be.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    pub fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Relaxed);
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Clone)]
struct Shown {
    readiness: Readiness,
    metrics: Arc<OperatorMetrics>,
}

/// # Errors
/// When the address cannot be listened on.
pub async fn serve(
    listen: SocketAddr,
    readiness: Readiness,
    metrics: Arc<OperatorMetrics>,
    stop: CancellationToken,
) -> io::Result<()> {
    let router = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz))
        .route("/metrics", get(exposition))
        .with_state(Shown { readiness, metrics });
    let listener = TcpListener::bind(listen).await?;
    axum::serve(listener, router)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await
}

async fn readyz(State(shown): State<Shown>) -> (StatusCode, &'static str) {
    if shown.readiness.get() {
        (StatusCode::OK, "ok\n")
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "the API server has not answered yet\n",
        )
    }
}

async fn exposition(State(shown): State<Shown>) -> Response {
    (
        [(header::CONTENT_TYPE, CONTENT_TYPE)],
        shown.metrics.encode(),
    )
        .into_response()
}
