//! REST of the hosted edition: the same operations, below `/t/<tenant>`.
//!
//! Every request is answered by a router that knows one tenant and no other: the one its path names,
//! as which its key must then pass. What needs one process for all of a tenant is left out here: the
//! admin page with its sessions, and the live feed.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::uri::PathAndQuery;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use tokio::sync::broadcast;
use tower::ServiceExt as _;
use vaultpilot_app::App;
use vaultpilot_config::HostedConfig;
use vaultpilot_core::{Clock, TenantName, Timestamp};
use vaultpilot_ports::Store;

use crate::house::Ground;
use crate::router::assembled;
use crate::{Api, House, LiveEvent, Operation, Problem, Sessions, openapi};

/// What all tenants share of the REST door.
pub struct Hosted {
    pub app: Arc<App>,
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub sessions: Sessions,
    /// The base URL people reach this door by.
    pub api_url: String,
    /// A tenant's MCP endpoint, with `{tenant}` and `{namespace}` in it.
    pub mcp_url: String,
    pub metrics_url: String,
    pub database: String,
    pub started_at: Timestamp,
}

impl Hosted {
    pub fn new(config: &HostedConfig, ground: &Ground, app: &Arc<App>) -> Self {
        let url = config.rest.public_url.as_ref();
        let api_url = url.map_or_else(
            || format!("http://{}", config.rest.listen),
            |url| url.0.trim_end_matches('/').to_owned(),
        );
        let mcp_url = config.rest.mcp_url.as_ref();
        let database = &config.database;
        Self {
            app: Arc::clone(app),
            store: Arc::clone(&ground.store),
            clock: Arc::clone(&ground.clock),
            sessions: Sessions::new(Arc::clone(&ground.clock), Arc::clone(&ground.entropy)),
            api_url,
            mcp_url: mcp_url.map(|url| url.0.clone()).unwrap_or_default(),
            metrics_url: format!("http://{}/metrics", config.probes.listen),
            database: format!("{}:{}/{}", database.host, database.port, database.name),
            started_at: ground.clock.now(),
        }
    }

    /// The router of all tenants.
    pub fn router(self) -> Router {
        let hosted = Arc::new(self);
        Router::new().fallback(move |request: Request| {
            let hosted = Arc::clone(&hosted);
            async move { hosted.answer(request).await }
        })
    }

    async fn answer(&self, mut request: Request) -> Response {
        if request.uri().path() == "/api/openapi.json" {
            return axum::Json(openapi(env!("CARGO_PKG_VERSION"))).into_response();
        }
        let Some((tenant, uri)) = split(request.uri()) else {
            let detail = "operations are below /t/<tenant>/api/v1; see /api/openapi.json";
            return Problem::new(StatusCode::NOT_FOUND, "tenant_missing", detail).into_response();
        };
        *request.uri_mut() = uri;
        let router = assembled(self.api(tenant).await, is_offered);
        match router.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// The door of one tenant. One that does not exist has a door as well: nobody passes it, and it
    /// looks like any other.
    async fn api(&self, tenant: TenantName) -> Api {
        let found = self.store.tenant_find(&tenant).await.ok().flatten();
        let namespace = found.and_then(|tenant| tenant.namespace);
        let mcp_url = self
            .mcp_url
            .replace("{tenant}", tenant.as_str())
            .replace("{namespace}", &namespace.unwrap_or_default());
        Api {
            app: Arc::clone(&self.app),
            clock: Arc::clone(&self.clock),
            house: Arc::new(House {
                version: env!("CARGO_PKG_VERSION"),
                edition: "cluster",
                data_dir: self.database.clone(),
                api_url: format!("{}/t/{tenant}", self.api_url),
                mcp_url,
                metrics_url: self.metrics_url.clone(),
                started_at: self.started_at,
                allowed_hosts: Vec::new(),
                tenant,
            }),
            sessions: self.sessions.clone(),
            live: silence(),
        }
    }
}

/// What the hosted edition does not offer over REST.
fn is_offered(operation: &Operation) -> bool {
    !operation.id.starts_with("admin") && operation.id != "feed"
}

/// Nothing is ever sent: what happens is told without the tenant it happened to.
fn silence() -> broadcast::Sender<LiveEvent> {
    broadcast::channel(1).0
}

/// `/t/acme/api/v1/wallets` is `/api/v1/wallets` of `acme`.
fn split(uri: &Uri) -> Option<(TenantName, Uri)> {
    let rest = uri.path_and_query()?.as_str().strip_prefix("/t/")?;
    let (tenant, _) = rest.split_once('/')?;
    let path: PathAndQuery = rest.get(tenant.len()..)?.parse().ok()?;
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path);
    Some((tenant.parse().ok()?, Uri::from_parts(parts).ok()?))
}
