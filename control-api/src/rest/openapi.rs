//! The description of all this, for programs.

use axum::Json;
use axum::extract::State;
use axum::routing::get;

use crate::operation::{Method, Operation, Route};
use crate::{Api, openapi};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Operation::new("openapi", Method::Get, "/api/openapi.json")
            .says("This document.")
            .handled_by(get(async |State(api): State<Api>| {
                Json(openapi(api.house.version))
            })),
    ]
}
