//! The listener, the limits, and the services behind the gate.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vaultpilot_app::App;
use vaultpilot_config::Grpc;
use vaultpilot_core::Clock;
use vaultpilot_ports::{ResourcePlane, StrategyPlane};
use vaultpilot_proto::FILE_DESCRIPTOR_SET;
use vaultpilot_proto::pb::resource_service_server::ResourceServiceServer;
use vaultpilot_proto::pb::runtime_service_server::RuntimeServiceServer;
use vaultpilot_proto::pb::strategy_service_server::StrategyServiceServer;
use vaultpilot_proto::tonic::service::Routes;
use vaultpilot_proto::tonic::transport::{self, Server};
use vaultpilot_proto::tonic_health::server::{HealthReporter, health_reporter};
use vaultpilot_proto::{tonic_health, tonic_reflection};

use super::incoming::accept;
use super::resource::Resources;
use super::runtime::Runtime;
use super::strategy::Strategies;
use super::{Gate, Porter, Tls};
use crate::identity::Seal;

/// The longest any call may take until its answer begins, whatever its own deadline says.
const LONGEST: Duration = Duration::from_secs(30);
/// A connection is asked to come again after this: another replica may have room, a certificate may
/// be over.
const CONNECTION: Duration = Duration::from_mins(10);
const STREAMS: u32 = 256;
const HEADERS: u32 = 32 * 1024;

/// What is answered with.
pub struct Services {
    pub app: Arc<App>,
    pub strategies: Arc<dyn StrategyPlane>,
    pub resources: Arc<dyn ResourcePlane>,
    pub seal: Seal,
    pub clock: Arc<dyn Clock>,
    /// Ends what would go on by itself: a watch is asked for again, elsewhere.
    pub stop: CancellationToken,
}

/// The door, ready to be opened.
pub struct Door {
    routes: Routes,
    health: HealthReporter,
    porter: Arc<Porter>,
}

impl Door {
    /// # Errors
    /// When the contract's own description cannot be read.
    pub fn new(
        services: Services,
        porter: Arc<Porter>,
        limits: &Grpc,
    ) -> Result<Self, tonic_reflection::server::Error> {
        let most = usize::try_from(limits.max_message_bytes).unwrap_or(usize::MAX);
        let Services {
            app,
            strategies,
            resources,
            seal,
            clock,
            stop,
        } = services;
        let runtime = Runtime {
            app,
            seal: Arc::new(seal),
            clock,
            stop,
        };
        let runtime = RuntimeServiceServer::new(runtime).max_decoding_message_size(most);
        let strategies =
            StrategyServiceServer::new(Strategies(strategies)).max_decoding_message_size(most);
        let resources =
            ResourceServiceServer::new(Resources(resources)).max_decoding_message_size(most);
        let (health, health_service) = health_reporter();
        let reflection = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .build_v1()?;
        let routes = Routes::new(runtime)
            .add_service(strategies)
            .add_service(resources)
            .add_service(health_service)
            .add_service(reflection);
        Ok(Self {
            routes,
            health,
            porter,
        })
    }

    /// Answers until told to stop; calls under way are finished. `leaving` is heard first: from then
    /// on health says that nobody should come.
    ///
    /// # Errors
    /// When the server fails as a whole.
    pub async fn serve(
        self,
        listener: TcpListener,
        tls: Arc<Tls>,
        tasks: &TaskTracker,
        leaving: CancellationToken,
        stop: CancellationToken,
    ) -> Result<(), transport::Error> {
        let Self {
            routes,
            health,
            porter,
        } = self;
        for name in [
            "vaultpilot.v1.RuntimeService",
            "vaultpilot.v1.StrategyService",
            "vaultpilot.v1.ResourceService",
        ] {
            let serving = tonic_health::ServingStatus::Serving;
            health.set_service_status(name, serving).await;
        }
        tasks.spawn(leave(health, leaving, stop.clone()));
        let (incoming, accepting) = accept(listener, tls, stop.clone());
        tasks.spawn(accepting);
        Server::builder()
            .timeout(LONGEST)
            .max_connection_age(CONNECTION)
            .max_connection_age_grace(LONGEST)
            .max_concurrent_streams(STREAMS)
            .http2_max_header_list_size(HEADERS)
            .http2_keepalive_interval(Some(Duration::from_secs(20)))
            .http2_keepalive_timeout(Some(Duration::from_secs(10)))
            .layer(Gate(porter))
            .serve_with_incoming_shutdown(routes.prepare(), incoming, stop.cancelled_owned())
            .await
    }
}

async fn leave(health: HealthReporter, leaving: CancellationToken, stop: CancellationToken) {
    tokio::select! {
        () = leaving.cancelled() => {}
        () = stop.cancelled() => {}
    }
    for name in [
        "",
        "vaultpilot.v1.RuntimeService",
        "vaultpilot.v1.StrategyService",
        "vaultpilot.v1.ResourceService",
    ] {
        let gone = tonic_health::ServingStatus::NotServing;
        health.set_service_status(name, gone).await;
    }
}
