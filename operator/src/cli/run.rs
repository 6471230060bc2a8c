//! `operator run`

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use kube::Client;
use kube::runtime::events::{Recorder, Reporter};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vaultpilot_proto::client::{Endpoint, IdentityFiles, Link, RemoteResourcePlane};
use vaultpilot_telemetry::{LogShape, OperatorMetrics, init_tracing};

use super::{Failure, pairs};
use crate::cluster::Cluster;
use crate::context::Context;
use crate::leader::Leadership;
use crate::mark::FIELD_MANAGER;
use crate::name::Namespace;
use crate::probes::{Readiness, serve};
use crate::real::SystemClock;
use crate::settings::{
    ChainFacts, ControlApi, Labels, Otlp, PodPeer, PullPolicy, RuntimeImage, Settings,
};
use crate::verify::HttpVerifier;
use crate::{controller, gauge};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where the operator and the control API are.
    #[arg(
        long,
        env = "VAULTPILOT_OPERATOR_SYSTEM_NAMESPACE",
        default_value = "vaultpilot-system"
    )]
    system_namespace: Namespace,
    /// This replica's name in the Lease.
    #[arg(long, env = "VAULTPILOT_OPERATOR_IDENTITY")]
    identity: String,
    #[arg(
        long,
        env = "VAULTPILOT_OPERATOR_LEASE",
        default_value = "vaultpilot-operator"
    )]
    lease: String,
    /// The image of tenants' pods, best by digest.
    #[arg(long, env = "VAULTPILOT_OPERATOR_RUNTIME_IMAGE")]
    runtime_image: String,
    #[arg(
        long,
        env = "VAULTPILOT_OPERATOR_IMAGE_PULL_POLICY",
        default_value = "IfNotPresent"
    )]
    image_pull_policy: Pull,
    /// The control API's gRPC endpoint.
    #[arg(long, env = "VAULTPILOT_OPERATOR_CONTROL_API_URL")]
    control_api_url: String,
    /// The name its certificate carries, where it is not the URL's host.
    #[arg(long, env = "VAULTPILOT_OPERATOR_CONTROL_API_SERVER_NAME")]
    control_api_server_name: Option<String>,
    /// PEM of the authority of the control API's certificate.
    #[arg(long, env = "VAULTPILOT_OPERATOR_TLS_CA")]
    tls_ca: PathBuf,
    /// The operator's own certificate.
    #[arg(long, env = "VAULTPILOT_OPERATOR_TLS_CERT", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    #[arg(long, env = "VAULTPILOT_OPERATOR_TLS_KEY", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// The operator's projected token for the control API.
    #[arg(long, env = "VAULTPILOT_OPERATOR_TOKEN_FILE")]
    token_file: Option<PathBuf>,
    /// The control API's pods, which tenants' pods may call.
    #[arg(
        long,
        env = "VAULTPILOT_OPERATOR_CONTROL_API_POD_LABELS",
        default_value = "app.kubernetes.io/component=control-api",
        value_parser = pairs::labels
    )]
    control_api_pod_labels: Labels,
    /// The operator's pods, which may call tenants' pods.
    #[arg(
        long,
        env = "VAULTPILOT_OPERATOR_OPERATOR_POD_LABELS",
        default_value = "app.kubernetes.io/component=operator",
        value_parser = pairs::labels
    )]
    operator_pod_labels: Labels,
    /// Where Prometheus is, if it may read tenants' metrics.
    #[arg(long, env = "VAULTPILOT_OPERATOR_PROMETHEUS_NAMESPACE")]
    prometheus_namespace: Option<Namespace>,
    #[arg(
        long,
        env = "VAULTPILOT_OPERATOR_PROMETHEUS_POD_LABELS",
        default_value = "app.kubernetes.io/name=prometheus",
        value_parser = pairs::labels
    )]
    prometheus_pod_labels: Labels,
    /// Where the Ingress controller is.
    #[arg(long, env = "VAULTPILOT_OPERATOR_INGRESS_NAMESPACE")]
    ingress_namespace: Option<Namespace>,
    /// A collector that is a Service of the cluster: `http://collector.namespace.svc:4317`.
    #[arg(long, env = "VAULTPILOT_OPERATOR_OTLP_ENDPOINT")]
    otlp_endpoint: Option<String>,
    #[arg(
        long,
        env = "VAULTPILOT_OPERATOR_CLUSTER_DOMAIN",
        default_value = "cluster.local"
    )]
    cluster_domain: String,
    /// Ranges of pods and Services that no tenant's network peer may reach into.
    #[arg(
        long,
        env = "VAULTPILOT_OPERATOR_CLUSTER_NETWORKS",
        value_delimiter = ','
    )]
    cluster_networks: Vec<IpNet>,
    /// An endpoint for tenants that name none: `eip155:8453=https://…`; may be given several times.
    #[arg(long = "chain-endpoint", value_parser = pairs::chain)]
    chain_endpoints: Vec<(String, String)>,
    /// What a chain is called, where that is not built in: `eip155:31337={"name":"Local","currency":"ETH"}`.
    #[arg(long = "chain-facts", value_parser = pairs::facts)]
    chain_facts: Vec<(String, ChainFacts)>,
    /// A credential that tenants' endpoints believe, for an authenticated server/discover.
    #[arg(long, env = "VAULTPILOT_OPERATOR_VERIFIER_CREDENTIAL_FILE")]
    verifier_credential_file: Option<PathBuf>,
    /// Lists as streams: saves memory of the API server, Kubernetes 1.32 and newer.
    #[arg(long, env = "VAULTPILOT_OPERATOR_STREAMING_LISTS", default_value_t = true, action = clap::ArgAction::Set)]
    streaming_lists: bool,
    /// Probes and metrics.
    #[arg(
        long,
        env = "VAULTPILOT_OPERATOR_LISTEN",
        default_value = "0.0.0.0:9090"
    )]
    listen: SocketAddr,
    #[arg(long, env = "VAULTPILOT_OPERATOR_LOG_LEVEL", default_value = "info")]
    log_level: String,
    #[arg(long, env = "VAULTPILOT_OPERATOR_LOG_FORMAT", default_value = "json")]
    log_format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Pull {
    #[value(name = "Always")]
    Always,
    #[value(name = "IfNotPresent")]
    IfNotPresent,
    #[value(name = "Never")]
    Never,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let shape = match arguments.log_format {
        Format::Text => LogShape::Text,
        Format::Json => LogShape::Json,
    };
    init_tracing(&arguments.log_level, shape)?;
    let settings = settings(&arguments)?;
    let client = Client::try_default().await?;
    let link = Link::open(Endpoint {
        address: arguments.control_api_url.clone(),
        ca_file: Some(arguments.tls_ca.clone()),
        server_name: arguments.control_api_server_name.clone(),
        identity: arguments
            .tls_cert
            .clone()
            .zip(arguments.tls_key.clone())
            .map(|(certificate, key)| IdentityFiles { certificate, key }),
        token_file: arguments.token_file.clone(),
    })
    .await?;
    let metrics = Arc::new(OperatorMetrics::default());
    let reporter = Reporter {
        controller: FIELD_MANAGER.to_owned(),
        instance: Some(arguments.identity.clone()),
    };
    let ctx = Arc::new(Context {
        cluster: Cluster::new(client.clone()),
        plane: Arc::new(RemoteResourcePlane::new(Arc::new(link))),
        verifier: Arc::new(HttpVerifier::new(
            arguments.verifier_credential_file.clone(),
        )?),
        settings,
        clock: Arc::new(SystemClock),
        events: Recorder::new(client.clone(), reporter),
        metrics: metrics.clone(),
    });
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    listen_for_signals(&tasks, &stop)?;
    let readiness = Readiness::default();
    let probes = serve(arguments.listen, readiness.clone(), metrics, stop.clone());
    let led = lead(&arguments, client, ctx, readiness, &stop);
    let mut led = std::pin::pin!(led);
    let result = tokio::select! {
        led = &mut led => led,
        ended = probes => match ended {
            // Told to stop: the passes that have begun, and the lease, are not dropped half way.
            Ok(()) => led.await,
            Err(source) => Err(Failure::Listen {
                address: arguments.listen,
                source,
            }),
        },
    };
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    result
}

/// Waits to be the leader, works as long as it is, and ends when it is no longer.
async fn lead(
    arguments: &Arguments,
    client: Client,
    ctx: Arc<Context>,
    readiness: Readiness,
    stop: &CancellationToken,
) -> Result<(), Failure> {
    let namespace = arguments.system_namespace.as_str();
    let mut leadership =
        Leadership::seek(client, namespace, &arguments.lease, &arguments.identity).await?;
    readiness.set(true);
    if !leadership.won(stop).await? {
        leadership.give_back().await;
        return Ok(());
    }
    tracing::info!(
        lease = arguments.lease,
        identity = arguments.identity,
        "leads"
    );
    ctx.metrics.leads(true);
    let work = async {
        tokio::join!(
            controller::run(ctx.clone(), arguments.streaming_lists, stop.clone()),
            gauge::run(ctx.clone(), stop.clone()),
        );
    };
    tokio::select! {
        // Passes that had begun are through: the next leader finds nothing half done.
        () = work => {}
        // What is half done now, the next leader does again: every step is idempotent.
        lost = leadership.lost() => return Err(lost.into()),
    }
    ctx.metrics.leads(false);
    leadership.give_back().await;
    Ok(())
}

fn listen_for_signals(tasks: &TaskTracker, stop: &CancellationToken) -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = stop.clone();
    tasks.spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            () = stop.cancelled() => {}
        }
        tracing::info!("stopping");
        stop.cancel();
    });
    Ok(())
}

fn settings(arguments: &Arguments) -> Result<Settings, Failure> {
    let server_ca = std::fs::read_to_string(&arguments.tls_ca).map_err(|source| Failure::File {
        path: arguments.tls_ca.clone(),
        source,
    })?;
    let mut chains: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (chain, url) in &arguments.chain_endpoints {
        chains.entry(chain.clone()).or_default().push(url.clone());
    }
    Ok(Settings {
        system_namespace: arguments.system_namespace.clone(),
        runtime: RuntimeImage {
            image: arguments.runtime_image.clone(),
            pull_policy: match arguments.image_pull_policy {
                Pull::Always => PullPolicy::Always,
                Pull::IfNotPresent => PullPolicy::IfNotPresent,
                Pull::Never => PullPolicy::Never,
            },
        },
        control_api: ControlApi {
            url: arguments.control_api_url.clone(),
            port: port("--control-api-url", &arguments.control_api_url)?,
            pods: arguments.control_api_pod_labels.clone(),
        },
        server_ca,
        operator_pods: arguments.operator_pod_labels.clone(),
        prometheus: arguments
            .prometheus_namespace
            .clone()
            .map(|namespace| PodPeer {
                namespace,
                pods: arguments.prometheus_pod_labels.clone(),
            }),
        ingress_namespace: arguments.ingress_namespace.clone(),
        otlp: arguments.otlp_endpoint.as_deref().map(otlp).transpose()?,
        cluster_domain: arguments.cluster_domain.clone(),
        cluster_networks: arguments.cluster_networks.clone(),
        chains,
        chain_facts: arguments.chain_facts.iter().cloned().collect(),
    })
}

fn otlp(url: &str) -> Result<Otlp, Failure> {
    let argument = "--otlp-endpoint";
    let host = url.split("://").nth(1).unwrap_or_default();
    let mut parts = host
        .split([':', '/'])
        .next()
        .unwrap_or_default()
        .split('.')
        .skip(1);
    let namespace = parts.next().unwrap_or_default().parse();
    let namespace = namespace.map_err(|_| Failure::Argument {
        argument,
        message: format!("{url} is no Service such as http://collector.namespace.svc:4317"),
    })?;
    Ok(Otlp {
        url: url.to_owned(),
        peer: PodPeer {
            namespace,
            pods: Labels::new(),
        },
        port: port(argument, url)?,
    })
}

fn port(argument: &'static str, url: &str) -> Result<u16, Failure> {
    let authority = url
        .split("://")
        .nth(1)
        .and_then(|rest| rest.split('/').next());
    let port = authority.and_then(|authority| authority.rsplit_once(':'));
    port.and_then(|(_, port)| port.parse().ok())
        .ok_or_else(|| Failure::Argument {
            argument,
            message: format!("{url} names no port"),
        })
}
