//! Two tenants behind a real gRPC door, and everybody who may come to it.

use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use vaultpilot_app::{App, AppParts, AuditWriter, Feed, KeyCreate, Pepper};
use vaultpilot_config::{Grpc, Identity, section};
use vaultpilot_control_api::grpc::{Door as Server, Porter, Services, Tls};
use vaultpilot_control_api::identity::{KnownNamespaces, KnownTokens, Seal, TokenReviews};
use vaultpilot_core::{KeyId, Managed, Quota, ResourceKind, Role, TenantId, Token};
use vaultpilot_policy::Document;
use vaultpilot_ports::control_plane::{CreateWallet, TransferRequest};
use vaultpilot_ports::resource_plane::TenantWish;
use vaultpilot_ports::store::Store as _;
use vaultpilot_ports::{ControlPlane as _, ResourcePlane as _};
use vaultpilot_proto::pb;
use vaultpilot_proto::pb::runtime_service_client::RuntimeServiceClient;
use vaultpilot_proto::tonic::Request;
use vaultpilot_proto::tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use vaultpilot_testkit::fixture::{CHAIN, address, eth, label, request_id};
use vaultpilot_testkit::{
    FakeChain, FakeKeys, FakeStore, MockClock, RecordingNotifier, SeededEntropy,
};

use super::authority::{Authority, Issued};
use super::cluster::{Cluster, OWN_TOKEN};
use crate::house::GUARD;

pub(super) const AUDIENCE: &str = "vaultpilot-control-api";
pub(super) const OPERATOR: &str = "vaultpilot-operator";

/// A tenant with a wallet, an agent and a payment.
pub(super) struct Side {
    pub(super) id: TenantId,
    pub(super) name: &'static str,
    pub(super) wallet: String,
    pub(super) label: String,
    pub(super) address: String,
    pub(super) transaction: String,
    pub(super) request: String,
    pub(super) key: String,
    pub(super) key_id: KeyId,
    /// Of a pod of this tenant.
    pub(super) token: String,
    /// Of the agent, for pods of this tenant.
    pub(super) context: Vec<u8>,
}

pub(super) struct Door {
    pub(super) app: Arc<App>,
    pub(super) store: FakeStore,
    pub(super) clock: MockClock,
    pub(super) cluster: Cluster,
    pub(super) acme: Side,
    pub(super) umbra: Side,
    pub(super) clients: Authority,
    /// Without a certificate, as pods come.
    pub(super) channel: Channel,
    pub(super) url: String,
    servers: String,
    files: TempDir,
    _stop: DropGuard,
}

/// What a test changes of the usual door.
pub(super) struct Limits {
    pub(super) max_in_flight: u64,
}

impl Door {
    pub(super) async fn new() -> Self {
        Self::with(Limits { max_in_flight: 512 }).await
    }

    pub(super) async fn with(limits: Limits) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let (store, clock) = (FakeStore::new(), MockClock::new());
        let chain = FakeChain::new();
        let app = app(&store, &clock, &chain, &tasks);
        let cluster = Cluster::default();
        let (servers, clients) = (Authority::new("servers"), Authority::new("clients"));
        let files = TempDir::new().unwrap();
        let (grpc, identity) = write(&files, &servers, &clients, &limits);
        let kubernetes = servers.server("localhost");
        let api_server = cluster.serve(&kubernetes, &tasks).await;
        let identity = Identity {
            api_server: section::ServerUrl(format!("https://localhost:{}", api_server.port())),
            ..identity
        };
        let clock_of = || Arc::new(clock.clone());
        let reviews = TokenReviews::new(&identity).unwrap();
        let tokens = KnownTokens::new(Arc::new(reviews), clock_of());
        let namespaces = KnownNamespaces::new(Arc::new(store.clone()), clock_of());
        let most = usize::try_from(limits.max_in_flight).unwrap();
        let porter = Porter::new(Arc::new(tokens), namespaces, &identity, most);
        let services = Services {
            app: Arc::clone(&app),
            strategies: app.clone(),
            resources: app.clone(),
            seal: Seal::new([9; 32]),
            clock: clock_of(),
            stop: stop.clone(),
        };
        let server = Server::new(services, Arc::new(porter), &grpc).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!(
            "https://localhost:{}",
            listener.local_addr().unwrap().port()
        );
        let tls = Arc::new(Tls::open(&grpc).unwrap());
        let (ended, leaving, tracker) = (stop.clone(), stop.clone(), tasks.clone());
        tasks.spawn(async move { server.serve(listener, tls, &tracker, leaving, ended).await });
        let channel = connect(&url, &servers.pem, None).await.unwrap();
        let acme = side(&app, &chain, &cluster, &channel, "acme").await;
        let umbra = side(&app, &chain, &cluster, &channel, "umbra").await;
        let operator = format!("system:serviceaccount:vaultpilot-system:{OPERATOR}");
        cluster.knows("operator", &operator, AUDIENCE);
        Self {
            app,
            store,
            clock,
            cluster,
            acme,
            umbra,
            clients,
            channel,
            url,
            servers: servers.pem,
            files,
            _stop: stop.drop_guard(),
        }
    }

    /// A connection that shows a certificate.
    pub(super) async fn connect(&self, shown: Option<&Issued>) -> Result<Channel, String> {
        connect(&self.url, &self.servers, shown).await
    }

    /// What the audit log of a tenant says, oldest first.
    pub(super) async fn entries(&self, side: &Side) -> Vec<String> {
        let mut view = self.store.read(side.id).await.unwrap();
        let entries = view.audit_list(0, 1000).await.unwrap();
        entries
            .iter()
            .map(|entry| entry.draft.action.as_str().to_owned())
            .collect()
    }

    /// A file of this place.
    pub(super) fn file(&self, name: &str) -> std::path::PathBuf {
        self.files.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) -> std::path::PathBuf {
        std::fs::write(self.file(name), text).unwrap();
        self.file(name)
    }

    /// The operator, as it should come.
    pub(super) async fn operator(&self) -> Channel {
        let shown = self.clients.client(OPERATOR);
        self.connect(Some(&shown)).await.unwrap()
    }
}

async fn connect(url: &str, servers: &str, shown: Option<&Issued>) -> Result<Channel, String> {
    let mut tls = ClientTlsConfig::new()
        .ca_certificate(Certificate::from_pem(servers))
        .domain_name("localhost");
    if let Some(Issued { cert, key }) = shown {
        let identity = vaultpilot_proto::tonic::transport::Identity::from_pem(cert, key);
        tls = tls.identity(identity);
    }
    let endpoint = Endpoint::from_shared(url.to_owned()).unwrap();
    let endpoint = endpoint.tls_config(tls).unwrap();
    let endpoint = endpoint.connect_timeout(Duration::from_secs(5));
    endpoint
        .connect()
        .await
        .map_err(|error| format!("{error:?}"))
}

/// The files of the door, and the sections that name them.
fn write(
    files: &TempDir,
    servers: &Authority,
    clients: &Authority,
    limits: &Limits,
) -> (Grpc, Identity) {
    let own = servers.server("localhost");
    let file = |name: &str, text: &str| {
        let path = files.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let grpc = Grpc {
        cert_file: file("tls.crt", &own.cert),
        key_file: file("tls.key", &own.key),
        client_ca_file: file("client-ca.crt", &clients.pem),
        max_message_bytes: 64 * 1024,
        max_in_flight: limits.max_in_flight,
        ..Grpc::default()
    };
    let identity = Identity {
        token_file: file("token", OWN_TOKEN),
        ca_file: file("ca.crt", &servers.pem),
        ..Identity::default()
    };
    (grpc, identity)
}

fn app(store: &FakeStore, clock: &MockClock, chain: &FakeChain, tasks: &TaskTracker) -> Arc<App> {
    let (audit, writing) = AuditWriter::new(Arc::new(store.clone()));
    tasks.spawn(writing);
    Arc::new(App::new(AppParts {
        store: Arc::new(store.clone()),
        wrapper: Arc::new(FakeKeys::new()),
        chain: Arc::new(chain.clone()),
        faucet: Arc::new(chain.clone()),
        notifier: Arc::new(RecordingNotifier::new()),
        clock: Arc::new(clock.clone()),
        entropy: Arc::new(SeededEntropy::new(7)),
        audit,
        feed: Feed::default(),
        pepper: Pepper::new([7; 32]),
        live: false,
        exports: vaultpilot_app::Exports::Off,
    }))
}

pub(super) fn managed(kind: ResourceKind, name: &str) -> Managed {
    Managed {
        kind,
        namespace: None,
        name: name.to_owned(),
        uid: name.to_owned(),
    }
}

/// Makes a tenant with everything, and its pod's token.
async fn side(
    app: &App,
    chain: &FakeChain,
    cluster: &Cluster,
    channel: &Channel,
    name: &'static str,
) -> Side {
    let wish = TenantWish {
        by: managed(ResourceKind::Tenant, name),
        name: label(name),
        namespace: format!("vp-{name}"),
        suspended: None,
        keys: vaultpilot_core::KeyManagement::Local,
        quota: Quota::default(),
        chains: vec![CHAIN],
    };
    let report = app.tenant_apply(&wish).await.unwrap();
    let id: TenantId = report.id.parse().unwrap();
    let request = KeyCreate {
        name: label(&format!("{name}-bot")),
        role: Role::Agent,
        scopes: None,
        expires_in_days: None,
    };
    let made = app.key_bootstrap(id, &request).await.unwrap();
    let key = made.secret.expose().to_owned();
    let document = Document::from_yaml(GUARD).unwrap();
    app.policy_bootstrap(id, document).await.unwrap();
    let agent = app
        .authenticate(&label(name), &key.clone().into(), None)
        .await
        .unwrap();
    let wallet = CreateWallet {
        label: label(&format!("{name}-treasury")),
        chains: vec![],
    };
    let wallet = app.wallet_create(&agent, &wallet).await.unwrap();
    chain.fund(wallet.address.parse().unwrap(), Token::Native, eth(100));
    let payment = TransferRequest {
        wallet: wallet.label.parse().unwrap(),
        chain: CHAIN,
        to: address(0xbeef),
        token: Token::Native,
        amount: "0.6".to_owned(),
        request_id: Some(request_id()),
        dry_run: false,
        memo: None,
        confirm_duplicate_of: None,
    };
    let paid = app.transfer(&agent, &payment).await.unwrap();
    let token = format!("token.of.{name}");
    let username = format!("system:serviceaccount:vp-{name}:mcp-runtime");
    cluster.knows(&token, &username, AUDIENCE);
    let context = authenticate(channel, &token, name, &key).await;
    Side {
        id,
        name,
        wallet: wallet.id,
        label: wallet.label,
        address: wallet.address,
        transaction: paid.transaction_id.unwrap_or_default(),
        request: paid.request_id.unwrap(),
        key,
        key_id: made.key.id.parse().unwrap(),
        token,
        context,
    }
}

/// A context, as a pod gets it.
pub(super) async fn authenticate(
    channel: &Channel,
    token: &str,
    tenant: &str,
    key: &str,
) -> Vec<u8> {
    let mut request = Request::new(pb::AuthenticateRequest {
        tenant: tenant.to_owned(),
        credential: key.to_owned(),
        client_ip: None,
    });
    let bearer = format!("Bearer {token}").parse().unwrap();
    request.metadata_mut().insert("authorization", bearer);
    let mut client = RuntimeServiceClient::new(channel.clone());
    let answer = client.authenticate(request).await.unwrap();
    answer.into_inner().context
}
