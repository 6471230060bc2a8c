//! Whether the process lives, and whether it can work. Unaudited, and published as such.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use crate::Api;
use crate::operation::{Method, Operation, Route};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Operation::new("healthz", Method::Get, "/healthz")
            .says("The process lives.")
            .content("text/plain")
            .handled_by(get(async || "ok\n")),
        Operation::new("readyz", Method::Get, "/readyz")
            .says("The store answers.")
            .content("text/plain")
            .handled_by(get(readyz)),
    ]
}

async fn readyz(State(api): State<Api>) -> (StatusCode, &'static str) {
    if api.app.is_ready().await {
        (StatusCode::OK, "ready\n")
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "the store does not answer\n",
        )
    }
}
