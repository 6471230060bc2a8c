//! What is behind the doors, wired once.

use std::sync::Arc;

use axum::Router;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vaultpilot_app::{
    App, AppParts, AuditWriter, Executor, ExecutorParts, Feed, KeyCreate, Scheduler,
};
use vaultpilot_chain::{Chains, Devnet, Eip1559};
use vaultpilot_config::{Config, Kek, Loaded, PolicySource, Server};
use vaultpilot_control_api::{Api, LiveEvent, Sessions};
use vaultpilot_core::{Caller, Clock, Entropy, Label, Role, Tenant, Timestamp};
use vaultpilot_keys::{Cost, Lock, RootKey};
use vaultpilot_policy::{DEVNET_GUARD, Document};
use vaultpilot_ports::{ChainReader as _, ControlPlane as _, Fault, Notifier};
use vaultpilot_store::{SqliteOptions, SqliteStore};
use vaultpilot_telemetry::Metrics;
use vaultpilot_tenant_runtime::{Limits, Runtime};

use super::chain::{self, Network};
use super::fanout::{Calls, Fanout};
use super::{Live, StartError, UpArgs, read_owner_key, secret, write_owner_key};
use crate::clock::SystemClock;
use crate::command::Context;
use crate::entropy::OsEntropy;
use crate::failure::Failure;
use crate::screen::Screen;
use crate::server_file::ServerFile;

/// The database's file in the data folder.
const DATABASE: &str = "vaultpilot.db";
/// Events of the live feed that a slow watcher may fall behind.
const FEED: usize = 1024;
/// How long a person's and an agent's first key last: the owner's is renewed by hand.
const OWNER_DAYS: u32 = 3650;
const AGENT_DAYS: u32 = 90;

pub(crate) struct House {
    pub tenant: Tenant,
    pub started_at: Timestamp,
    pub metrics: Arc<Metrics>,
    /// The first agent's key, at the first start only.
    pub agent_key: Option<SecretString>,
    app: Arc<App>,
    executor: std::sync::Mutex<Option<Executor>>,
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
        let root = open_root(config, Arc::clone(&entropy)).await?;
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
        let (feed, live) = (Feed::default(), broadcast::channel(FEED).0);
        let notifier = notifier(ctx.screen.clone(), &metrics, &live, writers);
        let store: Arc<dyn vaultpilot_ports::Store> = Arc::new(store);
        let (audit, write_audit) = AuditWriter::new(Arc::clone(&store));
        writers.spawn(write_audit);
        let app = Arc::new(App::new(AppParts {
            store: Arc::clone(&store),
            wrapper: Arc::new(root.wrapper(Arc::clone(&entropy))),
            chain: chains.clone(),
            faucet: chains.clone(),
            notifier: Arc::clone(&notifier),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            audit,
            feed: feed.clone(),
            pepper: secret::pepper(&config.data.dir, entropy.as_ref())?,
            live: chains.chains().iter().any(|chain| !chain.testnet),
        }));
        let executor = Executor::new(ExecutorParts {
            store,
            signer: Arc::new(root.signer()),
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
        let first = FirstStart {
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
            executor: std::sync::Mutex::new(Some(executor)),
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
        if let Some(executor) = self.executor.lock().ok().and_then(|mut held| held.take()) {
            tasks.spawn(executor.run(stop.clone()));
        }
        tasks.spawn(Scheduler::new(Arc::clone(&self.app)).run(stop.clone()));
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

async fn open_store(config: &Config) -> Result<SqliteStore, StartError> {
    let path = config.data.dir.join(DATABASE);
    let store = SqliteStore::open(&path, &SqliteOptions::default()).await?;
    store.migrate().await?;
    Ok(store)
}

/// A new root is made for a new house only: where there is a database there are keys that no other
/// root unwraps.
async fn open_root(config: &Config, entropy: Arc<dyn Entropy>) -> Result<RootKey, Failure> {
    let data_dir = &config.data.dir;
    let is_new = !data_dir.join(DATABASE).exists();
    let path = config
        .keys
        .kek_file
        .clone()
        .unwrap_or_else(|| data_dir.join("kek"));
    let phrase = match config.keys.kek {
        Kek::File => None,
        Kek::Passphrase => Some(passphrase(config)?),
    };
    let open = move || {
        let lock = match &phrase {
            None => Lock::File,
            Some(phrase) => Lock::Passphrase {
                phrase,
                cost: Cost::default(),
            },
        };
        if is_new {
            RootKey::open_or_create(&path, lock, entropy.as_ref())
        } else {
            RootKey::open(&path, lock)
        }
    };
    // argon2id takes its time on purpose.
    let opened = tokio::task::spawn_blocking(open)
        .await
        .map_err(std::io::Error::from)?;
    Ok(opened.map_err(StartError::Kek)?)
}

/// The first line of the passphrase file.
fn passphrase(config: &Config) -> Result<SecretString, Failure> {
    let beside = || config.data.dir.join("passphrase");
    let path = config.keys.passphrase_file.clone().unwrap_or_else(beside);
    let text = std::fs::read_to_string(&path).map_err(|source| Failure::Read {
        path: path.clone(),
        source,
    })?;
    Ok(SecretString::from(text.lines().next().unwrap_or_default()))
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

/// What the first start makes, and later ones find.
struct FirstStart<'a> {
    app: &'a App,
    config: &'a Config,
    loaded: &'a Loaded,
    wants_devnet: bool,
}

impl FirstStart<'_> {
    /// The tenant with its keys and policies, and the agent's key if it was made now.
    async fn settle(&self, name: &Label) -> Result<(Tenant, Option<SecretString>), Failure> {
        let step = |step| move |source: Fault| StartError::Step { step, source };
        let (tenant, _) = self
            .app
            .tenant_ensure(name)
            .await
            .map_err(step("making the tenant"))?;
        let known = read_owner_key(&self.config.data.dir)?;
        let valid = match &known {
            Some(key) => self.app.authenticate(&tenant.name, key, None).await.is_ok(),
            None => false,
        };
        if !valid {
            let key = self.key(&tenant, "owner", Role::Owner, OWNER_DAYS).await?;
            write_owner_key(&self.config.data.dir, &key)?;
        }
        let first = self
            .app
            .has_no_agent(tenant.id)
            .await
            .map_err(step("reading the keys"))?;
        let agent = if first {
            Some(self.key(&tenant, "agent", Role::Agent, AGENT_DAYS).await?)
        } else {
            None
        };
        self.policies(&tenant, first).await?;
        Ok((tenant, agent))
    }

    async fn key(
        &self,
        tenant: &Tenant,
        name: &str,
        role: Role,
        days: u32,
    ) -> Result<SecretString, StartError> {
        let step = |source| StartError::Step {
            step: "making a key",
            source,
        };
        let name = self
            .app
            .free_key_name(tenant.id, name)
            .await
            .map_err(step)?;
        let request = KeyCreate {
            name,
            role,
            scopes: None,
            expires_in_days: Some(days),
        };
        let created = self
            .app
            .key_bootstrap(tenant.id, &request)
            .await
            .map_err(step)?;
        Ok(SecretString::from(created.secret.expose()))
    }

    /// The configuration's policies at every start, the devnet's guard at the first.
    async fn policies(&self, tenant: &Tenant, first: bool) -> Result<(), Failure> {
        let mut documents = Vec::new();
        for source in &self.config.policies {
            documents.push(self.document(source)?);
        }
        if first && self.wants_devnet && documents.is_empty() {
            let document =
                Document::from_yaml(DEVNET_GUARD).map_err(|source| StartError::Policy {
                    name: "devnet-guard".to_owned(),
                    source,
                })?;
            documents.push(document);
        }
        for document in documents {
            let applied = self.app.policy_bootstrap(tenant.id, document).await;
            applied.map_err(|source| StartError::Step {
                step: "applying a policy",
                source,
            })?;
        }
        Ok(())
    }

    fn document(&self, source: &PolicySource) -> Result<Document, Failure> {
        let file = match source {
            PolicySource::Inline(document) => return Ok(Document::clone(document)),
            PolicySource::File(file) => file,
        };
        let beside = self
            .loaded
            .file
            .as_deref()
            .and_then(std::path::Path::parent);
        let path = beside.map_or_else(|| file.clone(), |folder| folder.join(file));
        let text = std::fs::read_to_string(&path).map_err(|source| Failure::Read {
            path: path.clone(),
            source,
        })?;
        Document::from_yaml(&text).map_err(|source| Failure::Policy { path, source })
    }

    /// The owner as a caller, for links to the admin page.
    async fn owner(&self, tenant: &Tenant) -> Result<Caller, Failure> {
        let key = read_owner_key(&self.config.data.dir)?;
        let key = key.unwrap_or_else(|| SecretString::from(""));
        debug_assert!(!key.expose_secret().is_empty(), "settle writes it");
        let owner = self.app.authenticate(&tenant.name, &key, None).await;
        Ok(owner.map_err(|source| StartError::Step {
            step: "reading the owner's key",
            source,
        })?)
    }
}
