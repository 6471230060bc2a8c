//! A house in memory behind a real listener on the loopback.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use vaultpilot_app::{
    App, AppParts, ApplyPolicy, AuditWriter, Executor, ExecutorParts, Feed, KeyCreate, Pepper,
};
use vaultpilot_control_api::{Api, House as About, LiveEvent, Sessions, router};
use vaultpilot_core::{Caller, Clock as _, Duration, Role, TenantId, Token};
use vaultpilot_policy::Document;
use vaultpilot_ports::ControlPlane;
use vaultpilot_ports::control_plane::{CreateWallet, PaymentView, TransferRequest};
use vaultpilot_testkit::fixture::{CHAIN, address, eth, label, request_id};
use vaultpilot_testkit::{
    FakeChain, FakeKeys, FakeStore, MockClock, RecordingNotifier, SeededEntropy,
};

/// Up to 1 at once and 2 a day; above 0.5 only with a person's yes and a code.
pub(crate) const GUARD: &str = r#"
apiVersion: vaultpilot.io/v1alpha1
kind: Policy
metadata: { name: guard }
spec:
  selector: { wallets: ["*"], agents: ["*"] }
  chains: ["eip155:31337"]
  tools: { allow: ["*"] }
  assets:
    - chain: eip155:31337
      token: native
      perTx: "1"
      gasPerTx: "0.01"
      rolling: [{ window: 24h, max: "2" }]
      approvalAbove: "0.5"
  recipients: { newRecipient: allow }
  duplicateWindow: 120s
"#;

pub(crate) struct House {
    pub(crate) at: SocketAddr,
    pub(crate) app: Arc<App>,
    pub(crate) store: FakeStore,
    pub(crate) chain: FakeChain,
    pub(crate) clock: MockClock,
    pub(crate) notices: RecordingNotifier,
    pub(crate) live: broadcast::Sender<LiveEvent>,
    pub(crate) tenant: TenantId,
    pub(crate) owner: String,
    pub(crate) approver: String,
    pub(crate) viewer: String,
    pub(crate) agent: String,
    /// An owner's key that is over.
    pub(crate) expired: String,
    pub(crate) trader: Caller,
    pub(crate) client: reqwest::Client,
    _stop: DropGuard,
}

impl House {
    /// The tenant `acme` under `GUARD`, a key of every role, and a funded `treasury`.
    pub(crate) async fn new() -> Self {
        let store = FakeStore::new();
        let (chain, keys) = (FakeChain::new(), FakeKeys::new());
        let clock = MockClock::new();
        let notices = RecordingNotifier::new();
        let feed = Feed::default();
        let tasks = TaskTracker::new();
        let stop = CancellationToken::new();
        let entropy = Arc::new(SeededEntropy::new(7));
        let (audit, writing) = AuditWriter::new(Arc::new(store.clone()));
        tasks.spawn(writing);
        let app = Arc::new(App::new(AppParts {
            store: Arc::new(store.clone()),
            wrapper: Arc::new(keys.clone()),
            chain: Arc::new(chain.clone()),
            faucet: Arc::new(chain.clone()),
            notifier: Arc::new(notices.clone()),
            clock: Arc::new(clock.clone()),
            entropy: entropy.clone(),
            audit,
            feed: feed.clone(),
            pepper: Pepper::new([7; 32]),
            live: false,
            exports: vaultpilot_app::Exports::Off,
        }));
        let executor = Executor::new(ExecutorParts {
            store: Arc::new(store.clone()),
            signer: Arc::new(keys),
            chain: Arc::new(chain.clone()),
            broadcaster: Arc::new(chain.clone()),
            codec: Arc::new(chain.clone()),
            notifier: Arc::new(notices.clone()),
            clock: Arc::new(clock.clone()),
            entropy: entropy.clone(),
            feed,
            holder: "test".to_owned(),
            poll: Duration::from_millis(5),
        });
        tasks.spawn(executor.run(stop.clone()));

        let (tenant, _) = app
            .tenant_ensure(&label("acme"), &vaultpilot_core::KeyManagement::Local)
            .await
            .unwrap();
        let key = async |name: &str, role, days| {
            let request = KeyCreate {
                name: label(name),
                role,
                scopes: None,
                expires_in_days: Some(days),
            };
            let made = app.key_bootstrap(tenant.id, &request).await.unwrap();
            made.secret.expose().to_owned()
        };
        let expired = key("eric", Role::Owner, 1).await;
        clock.advance(Duration::from_hours(24));
        let owner = key("olivia", Role::Owner, 90).await;
        let approver = key("anna", Role::Approver, 90).await;
        let viewer = key("vera", Role::Viewer, 90).await;
        let agent = key("trader", Role::Agent, 90).await;
        let sign_in = async |key: &str| {
            let key = key.to_owned().into();
            app.authenticate(&label("acme"), &key, None).await.unwrap()
        };
        let trader = sign_in(&agent).await;
        let document = Document::from_yaml(GUARD).unwrap();
        let apply = ApplyPolicy {
            document,
            dry_run: false,
        };
        app.policy_apply(&sign_in(&owner).await, &apply)
            .await
            .unwrap();
        let treasury = CreateWallet {
            label: label("treasury"),
            chains: vec![],
        };
        let treasury = app.wallet_create(&trader, &treasury).await.unwrap();
        chain.fund(treasury.address.parse().unwrap(), Token::Native, eth(100));

        let live = broadcast::channel(64).0;
        let at = serve(&app, &clock, &live, &tasks).await;
        Self {
            at,
            app,
            store,
            chain,
            clock,
            notices,
            live,
            tenant: tenant.id,
            owner,
            approver,
            viewer,
            agent,
            expired,
            trader,
            client: client(),
            _stop: stop.drop_guard(),
        }
    }

    /// The agent pays from the treasury.
    pub(crate) async fn pay(&self, amount: &str) -> PaymentView {
        let request = TransferRequest {
            wallet: "treasury".parse().unwrap(),
            chain: CHAIN,
            to: address(0xbeef),
            token: Token::Native,
            amount: amount.to_owned(),
            request_id: Some(request_id()),
            dry_run: false,
            memo: None,
            confirm_duplicate_of: None,
        };
        self.app.transfer(&self.trader, &request).await.unwrap()
    }
}

/// Opens the door on a port of its own.
async fn serve(
    app: &Arc<App>,
    clock: &MockClock,
    live: &broadcast::Sender<LiveEvent>,
    tasks: &TaskTracker,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let api = Api {
        app: Arc::clone(app),
        clock: Arc::new(clock.clone()),
        house: Arc::new(About {
            version: "0.0.0-test",
            edition: "edge",
            tenant: label("acme"),
            data_dir: "memory".to_owned(),
            api_url: format!("http://{at}"),
            mcp_url: format!("http://{at}/t/acme/mcp"),
            metrics_url: format!("http://{at}/metrics"),
            started_at: clock.now(),
            allowed_hosts: vec!["127.0.0.1".to_owned(), "localhost".to_owned()],
        }),
        sessions: Sessions::new(Arc::new(clock.clone()), Arc::new(SeededEntropy::new(13))),
        live: live.clone(),
    };
    let service = router(api).into_make_service_with_connect_info::<SocketAddr>();
    tasks.spawn(async move { axum::serve(listener, service).await });
    at
}

/// Follows nothing, keeps no cookies, asks no proxy.
fn client() -> reqwest::Client {
    // Several tests of one process meet here; the second one finds what the first one installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy();
    client
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}
