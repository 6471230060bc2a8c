//! A house in memory: a tenant with a policy, a funded wallet, and whoever a test needs.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use tokio::sync::Semaphore;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use vaultpilot_app::{
    App, AppParts, ApplyPolicy, AuditWriter, Executor, ExecutorParts, Exports, Feed, KeyCreate,
    Pepper, Scheduler,
};
use vaultpilot_audit::Entry;
use vaultpilot_core::{
    Address, Asset, BaseUnits, Bytes, Caller, ChainId, IntentId, Role, TenantId, TenantName, Token,
    Wallet,
};
use vaultpilot_intent::{Answer, Intent, StateName};
use vaultpilot_policy::{Decision, Document};
use vaultpilot_ports::control_plane::{
    BudgetQuery, CreateWallet, ListQuery, PaymentView, TransactionQuery, TransferRequest, WalletRef,
};
use vaultpilot_ports::keys::{KeyContext, KeyError, Signature, WrappedKey};
use vaultpilot_ports::{Broadcaster, ControlPlane, Fault, Signer, Store};
use vaultpilot_testkit::fixture::{CHAIN, address, eth, label, request_id};
use vaultpilot_testkit::{
    FakeChain, FakeKeys, FakeStore, MockClock, RecordingNotifier, SeededEntropy,
};

/// One payment up to 1, up to 2 a day, and above 0.5 only with a person's yes and a code.
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

/// Who is paid where nothing else is said.
pub(crate) const SHOP: u64 = 0xbeef;

pub(crate) struct House {
    pub(crate) store: FakeStore,
    pub(crate) chain: FakeChain,
    pub(crate) keys: FakeKeys,
    pub(crate) clock: MockClock,
    pub(crate) notices: RecordingNotifier,
    pub(crate) feed: Feed,
    pub(crate) app: Arc<App>,
    pub(crate) tenant: TenantId,
    pub(crate) owner: Caller,
    pub(crate) trader: Caller,
    tasks: TaskTracker,
    stop: CancellationToken,
    _stop: DropGuard,
}

impl House {
    /// The tenant `acme` under `GUARD`, with an owner, an agent `trader`, and a `treasury` of 100.
    pub(crate) async fn new() -> Self {
        let store = FakeStore::new();
        let chain = FakeChain::new();
        let keys = FakeKeys::new();
        let clock = MockClock::new();
        let notices = RecordingNotifier::new();
        let feed = Feed::default();
        let tasks = TaskTracker::new();
        let stop = CancellationToken::new();
        let (audit, writing) = AuditWriter::new(Arc::new(store.clone()));
        tasks.spawn(writing);
        let app = Arc::new(App::new(AppParts {
            store: Arc::new(store.clone()),
            wrapper: Arc::new(keys.clone()),
            chain: Arc::new(chain.clone()),
            faucet: Arc::new(chain.clone()),
            notifier: Arc::new(notices.clone()),
            clock: Arc::new(clock.clone()),
            entropy: Arc::new(SeededEntropy::new(7)),
            audit,
            feed: feed.clone(),
            pepper: Pepper::new([7; 32]),
            live: false,
            exports: Exports::Off,
        }));
        let (tenant, _) = app
            .tenant_ensure(&label("acme"), &vaultpilot_core::KeyManagement::Local)
            .await
            .unwrap();
        let owner = sign_in(&app, &tenant.name, tenant.id, "olivia", Role::Owner).await;
        let trader = sign_in(&app, &tenant.name, tenant.id, "trader", Role::Agent).await;
        let guard = stop.clone().drop_guard();
        let house = Self {
            store,
            chain,
            keys,
            clock,
            notices,
            feed,
            app,
            tenant: tenant.id,
            owner,
            trader,
            tasks,
            stop,
            _stop: guard,
        };
        house.apply(GUARD).await;
        let treasury = house.open("treasury").await;
        house.chain.fund(treasury.address, Token::Native, eth(100));
        house
    }

    /// Another deciding process on the same store: it hears nothing of this one but through `feed`.
    pub(crate) fn beside(&self, feed: &Feed) -> Arc<App> {
        self.beside_exporting(feed, Exports::Off)
    }

    /// The same, where keys may leave.
    pub(crate) fn beside_exporting(&self, feed: &Feed, exports: Exports) -> Arc<App> {
        let (audit, writing) = AuditWriter::new(Arc::new(self.store.clone()));
        self.tasks.spawn(writing);
        Arc::new(App::new(AppParts {
            store: Arc::new(self.store.clone()),
            wrapper: Arc::new(self.keys.clone()),
            chain: Arc::new(self.chain.clone()),
            faucet: Arc::new(self.chain.clone()),
            notifier: Arc::new(self.notices.clone()),
            clock: Arc::new(self.clock.clone()),
            entropy: Arc::new(SeededEntropy::new(23)),
            audit,
            feed: feed.clone(),
            pepper: Pepper::new([7; 32]),
            live: false,
            exports,
        }))
    }

    /// A caller who came in with a key of his own.
    pub(crate) async fn caller(&self, name: &str, role: Role) -> Caller {
        sign_in(&self.app, &label("acme"), self.tenant, name, role).await
    }

    pub(crate) async fn apply(&self, yaml: &str) {
        let document = Document::from_yaml(yaml).unwrap();
        let request = ApplyPolicy {
            document,
            dry_run: false,
        };
        self.app.policy_apply(&self.owner, &request).await.unwrap();
    }

    pub(crate) async fn open(&self, name: &str) -> Wallet {
        let request = CreateWallet {
            label: label(name),
            chains: vec![],
        };
        self.app
            .wallet_create(&self.trader, &request)
            .await
            .unwrap();
        self.wallet(name).await
    }

    pub(crate) async fn wallet(&self, name: &str) -> Wallet {
        let mut view = self.store.read(self.tenant).await.unwrap();
        view.wallet_find(&label(name)).await.unwrap().unwrap()
    }

    /// Sets an executor to work.
    pub(crate) fn execute(&self) {
        self.execute_with(self.executor("one"));
    }

    pub(crate) fn execute_with(&self, parts: ExecutorParts) {
        self.tasks
            .spawn(Executor::new(parts).run(self.stop.clone()));
    }

    pub(crate) fn executor(&self, holder: &str) -> ExecutorParts {
        ExecutorParts {
            store: Arc::new(self.store.clone()),
            signer: Arc::new(self.keys.clone()),
            chain: Arc::new(self.chain.clone()),
            broadcaster: Arc::new(self.chain.clone()),
            codec: Arc::new(self.chain.clone()),
            notifier: Arc::new(self.notices.clone()),
            clock: Arc::new(self.clock.clone()),
            entropy: Arc::new(SeededEntropy::new(11)),
            feed: self.feed.clone(),
            holder: holder.to_owned(),
            poll: Duration::from_millis(100),
        }
    }

    pub(crate) async fn tick(&self) {
        Scheduler::new(Arc::clone(&self.app)).tick().await.unwrap();
    }

    /// The trader's payment.
    pub(crate) async fn pay(&self, request: &TransferRequest) -> PaymentView {
        self.app.transfer(&self.trader, request).await.unwrap()
    }

    /// Lets the executor look at the world as often as it wants to.
    pub(crate) async fn settle(&self) {
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
    }

    /// Waits until the payment is there.
    pub(crate) async fn until(&self, id: IntentId, state: StateName) -> Intent {
        let mut moved = self.feed.subscribe();
        for _ in 0..600 {
            let (intent, _) = self.intent(id).await;
            if intent.state.name() == state {
                return intent;
            }
            let hint = tokio::time::timeout(Duration::from_millis(100), moved.recv());
            let _ = hint.await;
        }
        let (intent, _) = self.intent(id).await;
        panic!("{id} is {:?}, not {state:?}", intent.state);
    }

    /// Mines until the payment is final.
    pub(crate) async fn finish(&self, id: IntentId) -> Intent {
        self.chain.mine_blocks(3);
        self.until(id, StateName::Final).await
    }

    pub(crate) async fn intent(&self, id: IntentId) -> (Intent, Decision) {
        let mut view = self.store.read(self.tenant).await.unwrap();
        view.intent_fetch(id).await.unwrap().unwrap()
    }

    /// How many payments are on record.
    pub(crate) async fn payments(&self) -> usize {
        let all = TransactionQuery {
            page: ListQuery {
                cursor: None,
                limit: Some(200),
            },
            ..TransactionQuery::default()
        };
        let listed = self.app.person_transactions(&self.owner, &all).await;
        listed.unwrap().items.len()
    }

    /// Native coin set aside and not spent yet, gas included.
    pub(crate) async fn reserved(&self) -> BaseUnits {
        let treasury = self.wallet("treasury").await;
        let mut view = self.store.read(self.tenant).await.unwrap();
        view.reserved(treasury.id, Asset::native(CHAIN))
            .await
            .unwrap()
    }

    /// What counts in the day's window: reserved or spent.
    pub(crate) async fn used(&self) -> String {
        let query = BudgetQuery {
            wallet: treasury(),
            chain: None,
            token: None,
        };
        let budget = self.app.person_budget(&self.owner, &query).await.unwrap();
        let line = budget.lines.into_iter().find(|line| line.kind == "rolling");
        line.unwrap().used.unwrap()
    }

    /// The whole audit chain, verified.
    pub(crate) async fn audit(&self) -> Vec<Entry> {
        let mut view = self.store.read(self.tenant).await.unwrap();
        let entries = view.audit_list(0, u32::MAX).await.unwrap();
        vaultpilot_audit::verify(self.tenant, &entries).unwrap();
        entries
    }

    pub(crate) fn balance(&self, account: Address) -> BaseUnits {
        self.chain.balance_of(account, Token::Native)
    }
}

async fn sign_in(app: &App, name: &TenantName, tenant: TenantId, who: &str, role: Role) -> Caller {
    let request = KeyCreate {
        name: label(who),
        role,
        scopes: None,
        expires_in_days: None,
    };
    let created = app.key_bootstrap(tenant, &request).await.unwrap();
    let secret = SecretString::from(created.secret.expose().to_owned());
    let ip = Some([127, 0, 0, 1].into());
    app.authenticate(name, &secret, ip).await.unwrap()
}

pub(crate) fn treasury() -> WalletRef {
    WalletRef::Label(label("treasury"))
}

/// A payment of so much from the treasury to the shop, under a request id of its own.
pub(crate) fn payment(amount: &str) -> TransferRequest {
    TransferRequest {
        wallet: treasury(),
        chain: CHAIN,
        to: address(SHOP),
        token: Token::Native,
        amount: amount.to_owned(),
        request_id: Some(request_id()),
        dry_run: false,
        memo: None,
        confirm_duplicate_of: None,
    }
}

/// The recorded payment behind an answer.
pub(crate) fn id(view: &PaymentView) -> IntentId {
    view.transaction_id.as_deref().unwrap().parse().unwrap()
}

pub(crate) fn state(view: &PaymentView) -> &str {
    &view.transaction.as_ref().unwrap().state
}

/// The stable code of a fault.
pub(crate) fn code<T: std::fmt::Debug>(answer: Result<T, Fault>) -> String {
    answer.unwrap_err().code().to_owned()
}

/// Holds whoever comes until the test lets them through.
pub(crate) struct Gate<T> {
    inner: T,
    open: Semaphore,
    waiting: Semaphore,
}

impl<T> Gate<T> {
    pub(crate) fn before(inner: T) -> Arc<Self> {
        Arc::new(Self {
            inner,
            open: Semaphore::new(0),
            waiting: Semaphore::new(0),
        })
    }

    /// Returns once somebody stands at the gate.
    pub(crate) async fn reached(&self) {
        self.waiting.acquire().await.unwrap().forget();
    }

    pub(crate) fn open(&self) {
        self.open.add_permits(1000);
    }

    async fn pass(&self) {
        self.waiting.add_permits(1);
        self.open.acquire().await.unwrap().forget();
    }
}

#[async_trait]
impl<T: Signer> Signer for Gate<T> {
    async fn sign(
        &self,
        context: KeyContext,
        key: &WrappedKey,
        kek: Option<&vaultpilot_ports::keys::TenantKek>,
        address: Address,
        hash: vaultpilot_core::B256,
    ) -> Result<Signature, KeyError> {
        self.pass().await;
        self.inner.sign(context, key, kek, address, hash).await
    }
}

#[async_trait]
impl<T: Broadcaster> Broadcaster for Gate<T> {
    async fn broadcast(&self, chain: ChainId, raw: &Bytes) -> Answer {
        self.pass().await;
        self.inner.broadcast(chain, raw).await
    }
}
