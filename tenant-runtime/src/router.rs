//! The routes of the MCP surface. No fallback: whoever mounts them brings one.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};

use crate::door::{Door, Refusal};
use crate::{Runtime, metadata};

type Tenant = Result<Path<String>, PathRejection>;

/// `/t/{tenant}/mcp` and the metadata of that resource (RFC 9728), and nothing else: in path mode
/// the root has no metadata, or tenants would answer for each other.
pub fn router(runtime: Runtime) -> Router {
    Router::new()
        .route("/t/{tenant}/mcp", any(mcp))
        .route(
            "/.well-known/oauth-protected-resource/t/{tenant}/mcp",
            get(resource),
        )
        .with_state(Arc::new(Door::new(runtime)))
}

async fn mcp(State(door): State<Arc<Door>>, tenant: Tenant, request: Request) -> Response {
    let tenant = tenant.as_ref().map_or("", |Path(tenant)| tenant);
    door.enter(tenant, request)
        .await
        .unwrap_or_else(IntoResponse::into_response)
}

async fn resource(State(door): State<Arc<Door>>, tenant: Tenant, request: Request) -> Response {
    let tenant = tenant.ok().and_then(|Path(tenant)| tenant.parse().ok());
    let described = door.hosts().admit(request.uri(), request.headers());
    match (described, tenant) {
        (Err(refusal), _) => refusal.into_response(),
        (Ok(_), None) => Refusal::NotFound.into_response(),
        (Ok(host), Some(tenant)) => {
            let url = door.runtime().public_url.seen_as(&host);
            metadata::answer(&url, &tenant, &door.runtime().authorization_servers)
        }
    }
}
