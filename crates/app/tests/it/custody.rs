//! Imports, exports and rotations over the fakes: asked for by people, done by `Custody`.

mod export;
mod forged;
mod import;
mod kill;
mod overwrite;
mod rotate;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use vaultpilot_app::{App, Custody, CustodyParts, Exports, ImportKey, ImportKeys, KeyTaskView};
use vaultpilot_core::{Address, B256, KeyTaskId, TenantId};
use vaultpilot_ports::keys::{
    Custodian, Export, KekContext, KeyContext, KeyError, SealedKey, TenantKek, WrappedKey,
};
use vaultpilot_ports::store::{ImportPolicy, KeyTask};
use vaultpilot_ports::{Fault, Store};
use vaultpilot_testkit::fixture::{CHAIN, label};
use vaultpilot_testkit::keys::{fake_recipient, fake_sealed};
use vaultpilot_testkit::{FakeKeys, SeededEntropy};

use crate::house::House;

const ARMOUR: &str = "-----BEGIN AGE ENCRYPTED FILE-----\n";
/// A recipient of the specification of age.
pub(crate) const RECIPIENT: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

/// `FakeKeys` behind the forms that the house accepts; stops for ever at one call, when told.
pub(crate) struct Doors {
    keys: FakeKeys,
    calls: AtomicUsize,
    dies_at: usize,
}

impl Doors {
    pub(crate) fn of(house: &House) -> Arc<Self> {
        Self::dying(house, usize::MAX)
    }

    pub(crate) fn dying(house: &House, dies_at: usize) -> Arc<Self> {
        Arc::new(Self {
            keys: house.keys.clone(),
            calls: AtomicUsize::new(0),
            dies_at,
        })
    }

    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    async fn call(&self) {
        if self.calls.fetch_add(1, Ordering::SeqCst) == self.dies_at {
            std::future::pending::<()>().await;
        }
        tokio::task::yield_now().await;
    }
}

fn bare(text: &str) -> String {
    text.strip_prefix(ARMOUR).unwrap_or(text).to_owned()
}

#[async_trait]
impl Custodian for Doors {
    async fn import(
        &self,
        context: KeyContext,
        sealed: &SealedKey,
        opens: &TenantKek,
        wraps: &TenantKek,
    ) -> Result<(Address, WrappedKey), KeyError> {
        self.call().await;
        let sealed = SealedKey(bare(&sealed.0));
        self.keys.import(context, &sealed, opens, wraps).await
    }

    async fn export(
        &self,
        context: KeyContext,
        key: &WrappedKey,
        kek: Option<&TenantKek>,
        address: Address,
        export: &Export,
        imports: &TenantKek,
    ) -> Result<String, KeyError> {
        self.call().await;
        let export = match export {
            Export::Age { .. } => Export::Age {
                recipient: fake_recipient(&[9; 32]),
            },
            Export::Keystore { password, kek } => Export::Keystore {
                password: bare(password),
                kek: *kek,
            },
        };
        let keys = &self.keys;
        keys.export(context, key, kek, address, &export, imports)
            .await
    }

    async fn rewrap(
        &self,
        context: KeyContext,
        key: &WrappedKey,
        from: Option<&TenantKek>,
        to: &TenantKek,
    ) -> Result<WrappedKey, KeyError> {
        self.call().await;
        self.keys.rewrap(context, key, from, to).await
    }

    async fn opens(&self, tenant: TenantId, kek: &TenantKek) -> Result<(), KeyError> {
        self.call().await;
        self.keys.opens(tenant, kek).await
    }

    fn vouched(&self, tenant: TenantId, what: &[u8], mac: &[u8; 32]) -> Result<(), KeyError> {
        self.keys.vouched(tenant, what, mac)
    }

    async fn rewrap_kek(
        &self,
        context: KekContext,
        kek: &TenantKek,
    ) -> Result<Option<TenantKek>, KeyError> {
        self.call().await;
        self.keys.rewrap_kek(context, kek).await
    }
}

/// What the signing process has beside its executor.
pub(crate) fn custody(house: &House, doors: &Arc<Doors>) -> Custody {
    custody_exporting(house, doors, Exports::ByOwner)
}

pub(crate) fn custody_exporting(house: &House, doors: &Arc<Doors>, exports: Exports) -> Custody {
    Custody::new(CustodyParts {
        store: Arc::new(house.store.clone()),
        custodian: doors.clone(),
        chain: Arc::new(house.chain.clone()),
        notifier: Arc::new(house.notices.clone()),
        clock: Arc::new(house.clock.clone()),
        entropy: Arc::new(SeededEntropy::new(31)),
        feed: house.feed.clone(),
        exports,
    })
}

/// Works on everything once.
pub(crate) async fn work(house: &House) {
    custody(house, &Doors::of(house)).tick().await.unwrap();
}

pub(crate) fn secret(seed: u8) -> B256 {
    B256::repeat_byte(seed)
}

/// The address of a key of `FakeKeys`.
pub(crate) fn owner_of(secret: B256) -> Address {
    Address::from_word(alloy_primitives::keccak256(secret))
}

pub(crate) async fn kek(house: &House) -> TenantKek {
    let mut view = house.store.read(house.tenant).await.unwrap();
    view.kek_current().await.unwrap().unwrap()
}

pub(crate) fn sealed_for(kek: &TenantKek, secret: B256) -> SealedKey {
    let text = alloy_primitives::hex::encode(secret);
    SealedKey(format!("{ARMOUR}{}", fake_sealed(&kek.imports, &text)))
}

pub(crate) async fn brought(house: &House, name: &str, seed: u8) -> ImportKey {
    ImportKey {
        label: label(name),
        chains: vec![CHAIN],
        address: Some(owner_of(secret(seed))),
        sealed: sealed_for(&kek(house).await, secret(seed)),
        frozen: false,
    }
}

pub(crate) fn import_of(keys: Vec<ImportKey>) -> ImportKeys {
    ImportKeys {
        keys,
        policy: ImportPolicy::DenyAll,
        kek: None,
    }
}

/// Asks for an import, and works on it.
pub(crate) async fn import(house: &House, keys: Vec<ImportKey>) -> KeyTaskView {
    let asked = house
        .app
        .custody_import(&house.owner, &import_of(keys))
        .await;
    let task = asked.unwrap();
    work(house).await;
    looked(house, &task).await
}

pub(crate) async fn looked(house: &House, task: &KeyTaskView) -> KeyTaskView {
    let id: KeyTaskId = task.id.parse().unwrap();
    house.app.custody_task(&house.owner, id).await.unwrap()
}

pub(crate) async fn stored(house: &House, task: &KeyTaskView) -> KeyTask {
    let mut view = house.store.read(house.tenant).await.unwrap();
    let id = task.id.parse().unwrap();
    view.key_task_fetch(id).await.unwrap().unwrap()
}

/// The house with exports let on.
pub(crate) fn exporting(house: &House, exports: Exports) -> Arc<App> {
    house.beside_exporting(&house.feed, exports)
}

/// What a failed task says.
pub(crate) fn failure(task: &KeyTaskView) -> &str {
    assert_eq!(task.state, "failed", "{task:?}");
    task.code.as_deref().unwrap()
}

pub(crate) async fn wallets(house: &House) -> usize {
    let mut view = house.store.read(house.tenant).await.unwrap();
    let page = vaultpilot_ports::store::Page::first(200);
    view.wallet_list(page).await.unwrap().len()
}

/// The code of a refusal, told apart from success.
pub(crate) fn refused<T: std::fmt::Debug>(answer: Result<T, Fault>) -> String {
    crate::house::code(answer)
}

#[test]
fn nothing_of_it_is_a_tool_of_agents() {
    for tool in vaultpilot_core::Tool::ALL {
        for word in [
            "import", "export", "rotat", "key", "custody", "adopt", "bundle", "backup",
        ] {
            assert!(!tool.name().contains(word), "{tool} may be no tool");
        }
    }
}
