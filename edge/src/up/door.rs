//! The listeners: API, MCP and admin page on one, metrics on the same or another.

use std::net::SocketAddr;

use axum::Router;
use axum::http::header;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vaultpilot_config::{Config, Server};
use vaultpilot_telemetry::CONTENT_TYPE;
use vaultpilot_tenant_runtime::{Listening, serve};

use super::StartError;
use super::house::House;
use crate::server_file::ServerFile;

/// Bound sockets, with the addresses they really have.
pub(crate) struct Doors {
    main: TcpListener,
    metrics: Option<TcpListener>,
    base_url: String,
    metrics_url: String,
    server: Server,
}

impl Doors {
    /// Binds; nothing is answered before `serve`.
    pub(crate) async fn open(config: &Config, house: &House) -> Result<Self, StartError> {
        let (main, address) = bind(config.server.listen).await?;
        let mut server = config.server.clone();
        server.listen = address;
        let base_url = server.base_url();
        let (metrics, metrics_url) = match config.server.metrics_listen {
            None => (None, format!("{base_url}/metrics")),
            Some(wanted) => {
                let (listener, address) = bind(wanted).await?;
                (Some(listener), format!("http://{address}/metrics"))
            }
        };
        tracing::debug!(listen = %address, tenant = %house.tenant.name, "listening");
        Ok(Self {
            main,
            metrics,
            base_url,
            metrics_url,
            server,
        })
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// What other commands find this server by.
    pub(crate) fn server_file(&self, house: &House) -> ServerFile {
        ServerFile {
            pid: std::process::id(),
            api_url: self.base_url.clone(),
            mcp_url: format!("{}/t/{}/mcp", self.base_url, house.tenant.name),
            metrics_url: self.metrics_url.clone(),
            tenant: house.tenant.name.to_string(),
            started_at: house.started_at,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// Answers until told to stop; requests in flight are finished.
    pub(crate) fn serve(
        self,
        house: &House,
        tasks: &TaskTracker,
        writers: &TaskTracker,
        stop: &CancellationToken,
    ) {
        let server = self.server_file(house);
        let metrics = metrics(house);
        let mut main = house.mcp_router(&self.base_url, &self.server, writers);
        main = main.merge(house.api_router(&server, &self.server));
        let listening = Listening {
            trusted_proxies: self.server.trusted_proxies.clone(),
            ..Listening::default()
        };
        if let Some(listener) = self.metrics {
            run(listener, metrics, listening.clone(), tasks, stop);
        } else {
            main = main.merge(metrics);
        }
        run(self.main, main, listening, tasks, stop);
    }
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let bound = async {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    bound
        .await
        .map_err(|source| StartError::Listen { address, source })
}

fn metrics(house: &House) -> Router {
    let metrics = house.metrics.clone();
    Router::new().route(
        "/metrics",
        get(move || async move { ([(header::CONTENT_TYPE, CONTENT_TYPE)], metrics.encode()) }),
    )
}

fn run(
    listener: TcpListener,
    router: Router,
    listening: Listening,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) {
    let shutdown = stop.clone().cancelled_owned();
    let stop = stop.clone();
    tasks.spawn(async move {
        if let Err(error) = serve(listener, router, listening, shutdown).await {
            tracing::error!(%error, "listener failed; the server stops");
        }
        stop.cancel();
    });
}
