//! The door of the cluster: does the process live, can it work, what does it count.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use vaultpilot_ports::Store;
use vaultpilot_telemetry::{CONTENT_TYPE, Metrics};

/// How long a store may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(3);

/// What the probes are told.
#[derive(Clone)]
pub struct Readiness(Arc<ArcSwap<Phase>>);

enum Phase {
    /// Not open yet, and why.
    Starting { why: String },
    Open {
        store: Arc<dyn Store>,
        metrics: Arc<Metrics>,
    },
    /// Told to end: whoever comes now should go elsewhere.
    Leaving { metrics: Option<Arc<Metrics>> },
}

impl Default for Readiness {
    fn default() -> Self {
        let why = "starting".to_owned();
        Self(Arc::new(ArcSwap::from_pointee(Phase::Starting { why })))
    }
}

impl Readiness {
    pub fn waiting(&self, why: &dyn std::fmt::Display) {
        let why = why.to_string();
        self.0.store(Arc::new(Phase::Starting { why }));
    }

    pub fn open(&self, store: Arc<dyn Store>, metrics: Arc<Metrics>) {
        self.0.store(Arc::new(Phase::Open { store, metrics }));
    }

    pub fn leave(&self) {
        let metrics = self.metrics();
        self.0.store(Arc::new(Phase::Leaving { metrics }));
    }

    fn metrics(&self) -> Option<Arc<Metrics>> {
        match &**self.0.load() {
            Phase::Starting { .. } => None,
            Phase::Open { metrics, .. } => Some(Arc::clone(metrics)),
            Phase::Leaving { metrics } => metrics.clone(),
        }
    }

    /// Why no work should come here now.
    async fn hindrance(&self) -> Option<String> {
        let phase = self.0.load_full();
        let store = match &*phase {
            Phase::Starting { why } => return Some(why.clone()),
            Phase::Leaving { .. } => return Some("leaving".to_owned()),
            Phase::Open { store, .. } => store,
        };
        match tokio::time::timeout(PATIENCE, store.ping()).await {
            Ok(Ok(())) => None,
            Ok(Err(_)) | Err(_) => Some("the store does not answer".to_owned()),
        }
    }
}

/// Answers until told to stop.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    readiness: Readiness,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let router = Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(readiness);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await
}

async fn readyz(State(readiness): State<Readiness>) -> (StatusCode, String) {
    match readiness.hindrance().await {
        None => (StatusCode::OK, "ready\n".to_owned()),
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")),
    }
}

async fn metrics(
    State(readiness): State<Readiness>,
) -> Result<([(header::HeaderName, &'static str); 1], String), StatusCode> {
    let metrics = readiness.metrics();
    let metrics = metrics.ok_or(StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], metrics.encode()))
}
