//! Ending without breaking anything: readiness goes at once, the door a little later, requests in
//! flight are answered, and whoever keeps a connection open is told to take it elsewhere.

use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::error::HostedError;

/// The two signals that end the process, whichever comes.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    pub(super) fn hear() -> Result<Self, HostedError> {
        let hear = |kind| signal(kind).map_err(HostedError::Signal);
        Ok(Self {
            terminate: hear(SignalKind::terminate())?,
            interrupt: hear(SignalKind::interrupt())?,
        })
    }

    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Ends when the door closes: `delay` after `draining` began, when everybody has heard that this
/// pod is not ready any more.
pub(super) async fn door_closes(draining: CancellationToken, delay: Duration) {
    draining.cancelled().await;
    tokio::time::sleep(delay).await;
}

/// Answers of a process that ends say `connection: close`, so that no client sends its next request
/// into a connection that is about to go.
pub(super) fn tell_to_leave(router: Router, draining: CancellationToken) -> Router {
    router.layer(middleware::from_fn_with_state(draining, leave))
}

async fn leave(
    State(draining): State<CancellationToken>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if draining.is_cancelled() {
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
