//! All routes, made of the table of operations.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;

use crate::operation::Route;
use crate::{Api, Operation, Problem, admin, guard, rest};

/// The largest body of a REST request.
const MAX_BODY: usize = 256 * 1024;

fn routes() -> Vec<Route> {
    [
        rest::health::routes(),
        rest::whoami::routes(),
        rest::status::routes(),
        rest::wallet::routes(),
        rest::policy::routes(),
        rest::approval::routes(),
        rest::transaction::routes(),
        rest::event::routes(),
        rest::strategy::routes(),
        rest::key::routes(),
        rest::custody::routes(),
        rest::backup::routes(),
        rest::openapi::routes(),
        admin::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Every operation there is, in the order of the documentation.
pub fn operations() -> Vec<Operation> {
    routes().into_iter().map(|route| route.operation).collect()
}

/// The router of this door.
pub fn router(api: Api) -> Router {
    let hosts = from_fn_with_state(api.clone(), guard::host);
    assembled(api, |_| true).layer(hosts)
}

/// The router with the operations that are wanted, to whatever host name a request came.
pub(crate) fn assembled(api: Api, wanted: impl Fn(&Operation) -> bool) -> Router {
    let mut router = Router::new();
    for Route { operation, handler } in routes() {
        if wanted(&operation) {
            let guarded = from_fn_with_state((api.clone(), operation.access), guard::access);
            router = router.route(operation.path, handler.layer(guarded));
        }
    }
    router
        .fallback(not_found)
        .method_not_allowed_fallback(not_allowed)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(api)
}

async fn not_found() -> impl IntoResponse {
    Problem::new(
        StatusCode::NOT_FOUND,
        "not_found",
        "no such operation; see /api/openapi.json",
    )
}

async fn not_allowed() -> impl IntoResponse {
    let detail = "this path has other methods; see /api/openapi.json";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}
