//! What is behind the doors of a pod, wired once.

use std::sync::Arc;
use std::time::Duration;

use vaultpilot_config::RuntimeConfig;
use vaultpilot_config::section::ControlPlane as Section;
use vaultpilot_core::{Clock, Entropy, TenantName};
use vaultpilot_ports::ChainReader;
use vaultpilot_proto::client::{
    Endpoint, IdentityFiles, Link, RemoteControlPlane, RemoteStrategyPlane, Retention,
};
use vaultpilot_telemetry::RuntimeMetrics;

use super::away::Away;
use super::chain;
use super::driver::Driver;
use super::error::HostedError;
use super::keeper::Keeper;
use super::known::Known;
use super::owed::Owed;
use super::pace::Pace;
use super::steady::Steady;
use crate::machine::{OsEntropy, SystemClock};
use crate::{CallRecord, Limits, Runtime};

pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// How long what is owed may take to deliver at the end.
const LAST_DELIVERY: Duration = Duration::from_secs(5);

/// What is behind the doors.
pub(super) struct House {
    pub(super) tenant: TenantName,
    link: Arc<Link>,
    remote: Arc<RemoteControlPlane>,
    pub(super) known: Arc<Known>,
    owed: Arc<Owed>,
    pub(super) metrics: Arc<RuntimeMetrics>,
    chains: Arc<dyn ChainReader>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl House {
    pub(super) async fn open(config: &RuntimeConfig) -> Result<Self, HostedError> {
        let missing = |what| HostedError::Missing { what };
        let tenant = config.mcp.tenant.clone();
        let tenant = tenant.ok_or_else(|| missing("mcp.tenant"))?;
        let chains = chain::open(config)?;
        let endpoint = endpoint(&config.control_plane);
        readable(&endpoint).await?;
        let link = Arc::new(Link::open(endpoint).await?);
        let max_age = config.snapshot.max_age.duration();
        let (clock, entropy) = (Arc::new(SystemClock), Arc::new(OsEntropy));
        let mut salt = [0; 32];
        entropy.fill(&mut salt);
        let retention = Retention {
            salt,
            keep: max_age,
        };
        let metrics = Arc::new(RuntimeMetrics::new(VERSION));
        let most = usize::try_from(config.snapshot.max_queued_reads).unwrap_or(usize::MAX);
        Ok(Self {
            tenant,
            remote: Arc::new(RemoteControlPlane::new(link.clone(), retention)),
            link,
            known: Arc::new(Known::new(max_age)),
            owed: Arc::new(Owed::new(most, metrics.clone())),
            metrics,
            chains: Arc::new(chains),
            clock,
            entropy,
        })
    }

    pub(super) fn runtime(&self, config: &RuntimeConfig) -> Result<Runtime, HostedError> {
        let mcp = &config.mcp;
        let url = mcp.public_url.as_ref().ok_or(HostedError::Missing {
            what: "mcp.public_url",
        })?;
        let metrics = self.metrics.clone();
        let control = Steady {
            tenant: self.tenant.clone(),
            remote: self.remote.clone(),
            known: self.known.clone(),
            owed: self.owed.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            metrics: self.metrics.clone(),
            away: Away::default(),
            pace: Pace::default(),
        };
        Ok(Runtime {
            control: Arc::new(control),
            chain: self.chains.clone(),
            observer: Arc::new(move |call: &CallRecord<'_>| {
                metrics.tool_called(call.tool, call.outcome, Duration::from_micros(call.micros));
            }),
            public_url: url.0.parse()?,
            allowed_hosts: mcp.allowed_hosts.clone(),
            allowed_origins: mcp.allowed_origins.clone(),
            authorization_servers: mcp.authorization_servers.clone(),
            limits: Limits {
                max_body_bytes: usize::try_from(mcp.max_request_bytes).unwrap_or(usize::MAX),
                body_timeout: mcp.body_timeout.duration(),
            },
            version: VERSION,
        })
    }

    pub(super) fn keeper(&self) -> Keeper {
        Keeper {
            tenant: self.tenant.clone(),
            control: self.remote.clone(),
            known: self.known.clone(),
            owed: self.owed.clone(),
            metrics: self.metrics.clone(),
        }
    }

    pub(super) fn driver(&self, config: &RuntimeConfig) -> Option<Driver> {
        config.strategies.enabled.then(|| Driver {
            plane: Arc::new(RemoteStrategyPlane::new(self.link.clone())),
            known: self.known.clone(),
            holder: config.strategies.holder.clone(),
            clock: self.clock.clone(),
            metrics: self.metrics.clone(),
        })
    }

    /// Pays what is owed to the audit log, as far as there is anybody to take it.
    pub(super) async fn settle(&self) {
        let delivery = self.owed.deliver(&self.remote, &self.tenant);
        let _ = tokio::time::timeout(LAST_DELIVERY, delivery).await;
        let owed = self.owed.len();
        if owed > 0 {
            tracing::error!(
                owed,
                "calls that were answered from memory are in this log only: the control plane is away"
            );
        }
    }
}

fn endpoint(section: &Section) -> Endpoint {
    let identity = match (&section.cert_file, &section.key_file) {
        (Some(certificate), Some(key)) => Some(IdentityFiles {
            certificate: certificate.clone(),
            key: key.clone(),
        }),
        _ => None,
    };
    let is_tls = section.address.starts_with("https://");
    Endpoint {
        address: section.address.clone(),
        ca_file: is_tls.then(|| section.ca_file.clone()),
        server_name: section.server_name.clone(),
        identity,
        token_file: Some(section.token_file.clone()),
    }
}

/// A pod without its token would start, and then be let in nowhere.
async fn readable(endpoint: &Endpoint) -> Result<(), HostedError> {
    let Some(path) = &endpoint.token_file else {
        return Ok(());
    };
    match tokio::fs::metadata(path).await {
        Ok(_) => Ok(()),
        Err(source) => Err(HostedError::Token {
            path: path.clone(),
            source,
        }),
    }
}
