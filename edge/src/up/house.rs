//! What is behind the doors, wired once.

use std::sync::Arc;

use axum::Router;
use secrecy::SecretString;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vaultpilot_app::{
    App, AppParts, AuditWriter, Custody, CustodyParts, Executor, ExecutorParts, Exports, Feed,
    Pepper, Scheduler,
};
use vaultpilot_chain::{Chains, Devnet, Eip1559};
use vaultpilot_config::{Export, Loaded, Server};
use vaultpilot_control_api::house::signing::SigningZone;
use vaultpilot_control_api::house::{ChainWatch, EndpointGauges, Providers};
use vaultpilot_control_api::{Api, LiveEvent, OsEntropy, Sessions, SystemClock};
use vaultpilot_core::{Caller, Clock, Entropy, Tenant, Timestamp};
use vaultpilot_ports::{ChainReader as _, Notifier};
use vaultpilot_telemetry::Metrics;
use vaultpilot_tenant_runtime::{Limits, Runtime};

use super::chain::{self, Network};
use super::data::{open_roots, open_store};
use super::fanout::{Calls, Fanout};
use super::gauge::Gauges;
use super::keys::Sides;
use super::settle::Settling;
use super::{Live, StartError, UpArgs, secret};
use crate::command::Context;
use crate::failure::Failure;
use crate::screen::Screen;
use crate::server_file::ServerFile;

/// Events of the live feed that a slow watcher may fall behind.
const FEED: usize = 1024;

pub(crate) struct House {
    pub tenant: Tenant,
    pub started_at: Timestamp,
    pub metrics: Arc<Metrics>,
    /// The first agent's key, at the first start only.
    pub agent_key: Option<SecretString>,
    app: Arc<App>,
    providers: Providers,
    signing: std::sync::Mutex<Option<SigningZone>>,
    chains: Arc<Chains>,
    devnet: Option<Devnet>,
    notifier: Arc<dyn Notifier>,
    clock: Arc<dyn Clock>,
    owner: Caller,
    sessions: Sessions,
    live: broadcast::Sender<LiveEvent>,
    data_dir: String,
}

impl House {
    pub(crate) async fn start(
        args: &UpArgs,
        loaded: &Loaded,
        ctx: &Context,
        writers: &TaskTracker,
    ) -> Result<Self, Failure> {
        let config = &loaded.config;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
        let roots = open_roots(config, Arc::clone(&entropy)).await?;
        let providers = Providers::open(&config.vault, &config.aws_kms).await;
        let providers = providers.map_err(StartError::Providers)?;
        let store = open_store(config).await?;
        let Network {
            chains,
            devnet,
            poll,
        } = chain::open(args, config, &ctx.env)
            .await
            .map_err(Failure::from)?;
        let chains = Arc::new(chains);
        let metrics = Arc::new(Metrics::new(env!("CARGO_PKG_VERSION"), "edge"));
        metrics.watch_key_memory(|| vaultpilot_keys::protection().as_str());
        let (feed, live) = (Feed::default(), broadcast::channel(FEED).0);
        let notifier = notifier(ctx.screen.clone(), &metrics, &live, writers);
        let store: Arc<dyn vaultpilot_ports::Store> = Arc::new(store);
        let measured = Arc::clone(&metrics);
        let (audit, write_audit) =
            AuditWriter::observed(Arc::clone(&store), move |entries, time| {
                measured.audit_appended(u32::try_from(entries).unwrap_or(u32::MAX), time);
            });
        writers.spawn(write_audit);
        let pepper = secret::pepper(&config.data.dir, entropy.as_ref())?;
        let sides = Sides {
            pepper: &pepper,
            entropy: &entropy,
            clock: &clock,
            providers: &providers,
        };
        let exports = exports(config.keys.export);
        let app = Arc::new(App::new(AppParts {
            store: Arc::clone(&store),
            wrapper: Arc::new(sides.wrapper(&roots.root)),
            chain: chains.clone(),
            faucet: chains.clone(),
            notifier: Arc::clone(&notifier),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            audit,
            feed: feed.clone(),
            pepper: Pepper::new(*pepper),
            live: chains.chains().iter().any(|chain| !chain.testnet),
            exports,
        }));
        let keyring = Arc::new(sides.keyring(roots));
        let custody = Custody::new(CustodyParts {
            store: Arc::clone(&store),
            custodian: keyring.clone(),
            chain: chains.clone(),
            notifier: Arc::clone(&notifier),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            feed: feed.clone(),
            exports,
        });
        let executor = Executor::new(ExecutorParts {
            store,
            signer: keyring.clone(),
            chain: chains.clone(),
            broadcaster: chains.clone(),
            codec: Arc::new(Eip1559),
            notifier: Arc::clone(&notifier),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            feed,
            // The data folder has one process at a time: its successor may take over at once.
            holder: "edge".to_owned(),
            poll,
        });
        let first = Settling {
            app: &app,
            config,
            loaded,
            wants_devnet: args.wants_devnet(),
        };
        let (tenant, agent_key) = first.settle(&args.tenant).await?;
        let owner = first.owner(&tenant).await?;
        Ok(Self {
            tenant,
            started_at: clock.now(),
            metrics,
            agent_key,
            app,
            providers,
            signing: std::sync::Mutex::new(Some(SigningZone::new(executor, custody, keyring))),
            chains,
            devnet,
            notifier,
            sessions: Sessions::new(Arc::clone(&clock), entropy),
            clock,
            owner,
            live,
            data_dir: config.data.dir.display().to_string(),
        })
    }

    /// Starts what works behind the doors.
    pub(crate) fn run(&self, tasks: &TaskTracker, stop: &CancellationToken) {
        if let Some(signing) = self.signing.lock().ok().and_then(|mut held| held.take()) {
            tasks.spawn(signing.run(stop.clone()));
        }
        let (tended, stopped) = (self.providers.clone().tend(), stop.clone());
        tasks.spawn(async move {
            stopped.run_until_cancelled(tended).await;
        });
        tasks.spawn(Scheduler::new(Arc::clone(&self.app)).run(stop.clone()));
        let watch = ChainWatch {
            chains: self.chains.clone(),
            notifier: Arc::clone(&self.notifier),
            clock: Arc::clone(&self.clock),
        };
        tasks.spawn(watch.run(stop.clone()));
        let endpoints = EndpointGauges {
            metrics: Arc::clone(&self.metrics),
            chains: self.chains.clone(),
        };
        tasks.spawn(endpoints.run(stop.clone()));
        let gauges = Gauges {
            metrics: Arc::clone(&self.metrics),
            app: Arc::clone(&self.app),
            owner: self.owner.clone(),
        };
        tasks.spawn(gauges.run(stop.clone()));
    }

    /// A one-time link to the admin page.
    pub(crate) fn admin_link(&self, base_url: &str) -> String {
        format!(
            "{base_url}/admin/login?token={}",
            self.sessions.link(self.owner.clone())
        )
    }

    /// Says what the local chain came back with.
    pub(crate) fn report_chains(&self, screen: &Screen) {
        if let Some(recovery) = self.devnet.as_ref().and_then(Devnet::recovery) {
            screen.talk(format!(
                "the local chain's state was damaged: {} took its place, the damaged one is {}",
                recovery.restored.display(),
                recovery.damaged.display()
            ));
        }
    }

    pub(crate) fn mcp_router(
        &self,
        base_url: &str,
        server: &Server,
        writers: &TaskTracker,
    ) -> Router {
        let (observer, tell) = Calls::new(Arc::clone(&self.clock), Arc::clone(&self.notifier));
        writers.spawn(tell);
        let limits = Limits {
            max_body_bytes: usize::try_from(server.max_request_bytes).unwrap_or(usize::MAX),
            ..Limits::default()
        };
        #[expect(
            clippy::expect_used,
            reason = "the base URL was made of a parsed address"
        )]
        let public_url = base_url.parse().expect("a base URL of ours is one");
        vaultpilot_tenant_runtime::router(Runtime {
            control: self.app.clone(),
            chain: self.chains.clone(),
            observer: Arc::new(observer),
            public_url,
            allowed_hosts: server.allowed_hosts.clone(),
            allowed_origins: server.allowed_origins.clone(),
            authorization_servers: Vec::new(),
            limits,
            version: env!("CARGO_PKG_VERSION"),
        })
    }

    pub(crate) fn api_router(&self, found_by: &ServerFile, server: &Server) -> Router {
        let house = vaultpilot_control_api::House {
            version: env!("CARGO_PKG_VERSION"),
            edition: "edge",
            tenant: self.tenant.name.clone(),
            data_dir: self.data_dir.clone(),
            api_url: found_by.api_url.clone(),
            mcp_url: found_by.mcp_url.clone(),
            metrics_url: found_by.metrics_url.clone(),
            started_at: self.started_at,
            allowed_hosts: hosts(server),
        };
        vaultpilot_control_api::router(Api {
            app: self.app.clone(),
            clock: Arc::clone(&self.clock),
            house: Arc::new(house),
            sessions: self.sessions.clone(),
            live: self.live.clone(),
        })
    }

    /// After everything has drained: the local chain writes its state.
    pub(crate) async fn close(self) {
        let Self { devnet, .. } = self;
        if let Some(devnet) = devnet
            && let Err(error) = devnet.stop().await
        {
            tracing::warn!(%error, "local chain did not stop in order");
        }
    }
}

/// One owner is everybody there is in this edition.
const fn exports(configured: Export) -> Exports {
    match configured {
        Export::Off => Exports::Off,
        Export::Sealed => Exports::ByOwner,
    }
}

/// Host names this server answers to.
fn hosts(server: &Server) -> Vec<String> {
    let mut hosts = vec![
        "127.0.0.1".to_owned(),
        "localhost".to_owned(),
        "[::1]".to_owned(),
    ];
    hosts.extend(server.allowed_hosts.iter().cloned());
    let public = server
        .public_url
        .as_ref()
        .and_then(|url| url.0.split("//").nth(1));
    if let Some(authority) = public.and_then(|rest| rest.split('/').next()) {
        let name = authority
            .rsplit_once(':')
            .map_or(authority, |(name, _)| name);
        hosts.push(name.to_owned());
    }
    hosts
}

fn notifier(
    screen: Screen,
    metrics: &Arc<Metrics>,
    feed: &broadcast::Sender<LiveEvent>,
    writers: &TaskTracker,
) -> Arc<dyn Notifier> {
    let (live, lines) = Live::new(screen.clone());
    writers.spawn(Live::write(screen, lines));
    Arc::new(Fanout {
        live,
        metrics: Arc::clone(metrics),
        feed: feed.clone(),
    })
}
