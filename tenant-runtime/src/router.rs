//! The routes of the MCP surface. No fallback: whoever mounts them brings one.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};

use rmcp::ServerHandler;

use crate::door::{Door, Refusal};
use crate::server::Server;
use crate::{Runtime, metadata};

type Tenant = Result<Path<String>, PathRejection>;

/// `/t/{tenant}/mcp` and the metadata of that resource (RFC 9728), and nothing else: in path mode
/// the root has no metadata, or tenants would answer for each other.
pub fn router(runtime: Runtime) -> Router {
    let runtime = Arc::new(runtime);
    let server = Server::new(runtime.clone());
    routes(runtime, server)
}

/// The same routes and the same door in front of another handler: the conformance suite brings one
/// with tools of its own. No build that ships has this.
#[cfg(feature = "conformance")]
#[doc(hidden)]
pub fn router_with(runtime: Runtime, handler: impl ServerHandler) -> Router {
    routes(Arc::new(runtime), handler)
}

fn routes<H: ServerHandler>(runtime: Arc<Runtime>, handler: H) -> Router {
    Router::new()
        .route("/t/{tenant}/mcp", any(mcp::<H>))
        .route(
            "/.well-known/oauth-protected-resource/t/{tenant}/mcp",
            get(resource::<H>),
        )
        .with_state(Arc::new(Door::new(runtime, handler)))
}

async fn mcp<H: ServerHandler>(
    State(door): State<Arc<Door<H>>>,
    tenant: Tenant,
    request: Request,
) -> Response {
    let tenant = tenant.as_ref().map_or("", |Path(tenant)| tenant);
    door.enter(tenant, request)
        .await
        .unwrap_or_else(IntoResponse::into_response)
}

async fn resource<H: ServerHandler>(
    State(door): State<Arc<Door<H>>>,
    tenant: Tenant,
    request: Request,
) -> Response {
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
