//! The HTTP side of the endpoint: who may speak to it at all, before MCP is spoken.
//!
//! Host, then origin, then key, then method, then body. Nothing is read from a stranger.

mod bearer;
mod body;
mod host;
mod message;
mod origin;
mod refusal;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Method, header};
use axum::response::Response;
use http_body_util::Full;
use rmcp::ServerHandler;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use vaultpilot_core::{Caller, TenantName};
use vaultpilot_ports::Fault;

use crate::{Runtime, metadata};
use host::Hosts;
use origin::Origins;

pub(crate) use refusal::Refusal;

/// Who is behind a request, once it is past the door.
#[derive(Debug)]
pub(crate) struct Principal {
    pub(crate) tenant: TenantName,
    pub(crate) caller: Caller,
}

pub(crate) struct Door<H> {
    runtime: Arc<Runtime>,
    hosts: Hosts,
    origins: Origins,
    mcp: StreamableHttpService<Arc<H>, NeverSessionManager>,
}

impl<H: ServerHandler> Door<H> {
    pub(crate) fn new(runtime: Arc<Runtime>, handler: H) -> Self {
        let hosts = Hosts::new(&runtime.public_url, &runtime.allowed_hosts);
        let origins = Origins::new(&runtime.public_url, &runtime.allowed_origins);
        // Host and origin are judged here, with typed answers; sessions do not exist, so that any
        // replica can answer; one JSON body an answer, because nothing is streamed.
        let config = StreamableHttpServerConfig::default()
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .with_sse_retry(None)
            .with_max_request_body_bytes(runtime.limits.max_body_bytes)
            .disable_allowed_hosts();
        let handler = Arc::new(handler);
        let mcp = StreamableHttpService::new(move || Ok(handler.clone()), Arc::default(), config);
        Self {
            runtime,
            hosts,
            origins,
            mcp,
        }
    }

    pub(crate) fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    pub(crate) async fn enter(&self, tenant: &str, request: Request) -> Result<Response, Refusal> {
        let (mut parts, body) = request.into_parts();
        let host = self.hosts.admit(&parts.uri, &parts.headers)?;
        self.origins.admit(&parts.headers, &host)?;
        let principal = self.authenticate(tenant, &parts, &host).await?;
        if parts.method != Method::POST {
            return Err(Refusal::MethodNotAllowed);
        }
        // The key has done its work: whatever prints a request later must not find it.
        parts.headers.remove(header::AUTHORIZATION);
        parts.extensions.insert(Arc::new(principal));
        let bytes = body::read(body, self.runtime.limits).await?;
        let content_type = parts.headers.get(header::CONTENT_TYPE).cloned();
        let request = Request::from_parts(parts, Full::new(bytes.clone()));
        let mut response = self.mcp.handle(request).await.map(Body::new);
        if message::is_bare_failure(&response) {
            response = message::typed(response, content_type.as_ref(), &bytes).await?;
        }
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    }

    /// An unknown tenant, a missing key and a wrong one look the same from outside.
    async fn authenticate(
        &self,
        tenant: &str,
        parts: &Parts,
        host: &Authority,
    ) -> Result<Principal, Refusal> {
        let tenant: Option<TenantName> = tenant.parse().ok();
        let stranger = || Refusal::Unauthenticated {
            challenge: metadata::challenge(&self.runtime.public_url.seen_as(host), tenant.as_ref()),
        };
        let (Some(name), Some(credential)) = (&tenant, bearer::credential(&parts.headers)) else {
            return Err(stranger());
        };
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let ip = peer.map(|peer| peer.0.ip());
        match self
            .runtime
            .control
            .authenticate(name, &credential, ip)
            .await
        {
            Ok(caller) => Ok(Principal {
                tenant: name.clone(),
                caller,
            }),
            Err(Fault::Unavailable {
                message,
                retry_after,
                ..
            }) => Err(Refusal::Unavailable {
                message,
                retry_after,
            }),
            Err(Fault::Internal { reference }) => Err(Refusal::Internal { reference }),
            Err(_) => Err(stranger()),
        }
    }
}
