//! Who may come in: the house's real authentication, over stores in memory.

use std::error::Error;
use std::sync::Arc;

use tokio::task::JoinSet;
use vaultpilot_app::{App, AppParts, AuditWriter, Feed, KeyCreate, Pepper};
use vaultpilot_core::Role;
use vaultpilot_tenant_runtime::{CallRecord, Limits, Runtime};
use vaultpilot_testkit::fixture::label;
use vaultpilot_testkit::{
    FakeChain, FakeKeys, FakeStore, MockClock, RecordingNotifier, SeededEntropy,
};

pub(crate) const TENANT: &str = "conformance";

/// A runtime reached at `base`, and the one key it lets in.
pub(crate) async fn open(
    base: &str,
    writers: &mut JoinSet<()>,
) -> Result<(Runtime, String), Box<dyn Error>> {
    let store = Arc::new(FakeStore::new());
    let chain = Arc::new(FakeChain::new());
    let (audit, write_audit) = AuditWriter::new(store.clone());
    writers.spawn(write_audit);
    let app = App::new(AppParts {
        store,
        wrapper: Arc::new(FakeKeys::new()),
        chain: chain.clone(),
        faucet: chain.clone(),
        notifier: Arc::new(RecordingNotifier::new()),
        clock: Arc::new(MockClock::new()),
        entropy: Arc::new(SeededEntropy::new(7)),
        audit,
        feed: Feed::default(),
        pepper: Pepper::new([7; 32]),
        live: false,
        exports: vaultpilot_app::Exports::Off,
    });
    let (tenant, _) = app
        .tenant_ensure(&label(TENANT), &vaultpilot_core::KeyManagement::Local)
        .await?;
    let wanted = KeyCreate {
        name: label("suite"),
        role: Role::Agent,
        scopes: None,
        expires_in_days: None,
    };
    let key = app.key_bootstrap(tenant.id, &wanted).await?;
    let runtime = Runtime {
        control: Arc::new(app),
        chain,
        observer: Arc::new(|_: &CallRecord<'_>| {}),
        public_url: base.parse()?,
        allowed_hosts: Vec::new(),
        allowed_origins: Vec::new(),
        authorization_servers: Vec::new(),
        limits: Limits::default(),
        version: env!("CARGO_PKG_VERSION"),
    };
    Ok((runtime, key.secret.expose().to_owned()))
}
