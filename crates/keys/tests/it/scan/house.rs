//! Both sides of a house in one process, which draws keys that can be looked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use vaultpilot_core::{Address, Entropy, KeyManagement};
use vaultpilot_keys::{
    Holding, KekMac, Keyring, KeyringParts, LocalRootUnwrapper, Lock, RootKey, Roots, Wrapper,
    WrapperParts,
};
use vaultpilot_ports::keys::{
    KekContext, KeyContext, KeyError, KeyWrapper as _, Signature, Signer as _, TenantKek,
    WrappedKey,
};
use vaultpilot_testkit::fixture::{hash, tenant_id, wallet_id};
use vaultpilot_testkit::{MockClock, SeededEntropy};

use crate::memory::Canary;

/// Gives a canary whenever 32 bytes are asked for: each is a key, and each is another one.
#[derive(Clone)]
pub(crate) struct Marked(Arc<Source>);

struct Source {
    seed: u64,
    drawn: AtomicU64,
    /// For nonces, names and salts.
    rest: SeededEntropy,
}

impl Marked {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Arc::new(Source {
            seed,
            drawn: AtomicU64::new(0),
            rest: SeededEntropy::new(seed),
        }))
    }

    pub(crate) fn drawn(&self) -> u64 {
        self.0.drawn.load(Ordering::Relaxed)
    }

    pub(crate) fn canaries(&self) -> impl Iterator<Item = Canary> {
        let seed = self.0.seed;
        (0..self.drawn()).map(move |at| Canary::new(seed + at))
    }
}

impl Entropy for Marked {
    fn fill(&self, bytes: &mut [u8]) {
        if bytes.len() == 32 {
            let at = self.0.drawn.fetch_add(1, Ordering::Relaxed);
            Canary::new(self.0.seed + at).write_into(bytes);
        } else {
            self.0.rest.fill(bytes);
        }
    }
}

pub(crate) struct House {
    pub(crate) wrapper: Wrapper,
    keyring: std::sync::Mutex<Option<Arc<Keyring>>>,
    pub(crate) context: KeyContext,
    pub(crate) kek: TenantKek,
    pub(crate) key: WrappedKey,
    pub(crate) address: Address,
}

impl House {
    pub(crate) async fn build(marked: &Marked) -> Self {
        let entropy = Arc::new(marked.clone());
        let clock = Arc::new(MockClock::new());
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("kek.json");
        RootKey::create(&path, Lock::File, marked).expect("a new root");
        // As at every start but the first: read from its file.
        let root = RootKey::open(&path, Lock::File).expect("its file");
        let mac = || KekMac::new(&[7; 32]);
        let wrapper = Wrapper::new(WrapperParts {
            roots: Roots::local(Arc::new(root.wrapper(entropy.clone()))),
            external: None,
            mac: mac(),
            entropy: entropy.clone(),
            clock: clock.clone(),
        });
        let root = LocalRootUnwrapper::new(root, Vec::new(), entropy.clone());
        let keyring = Keyring::new(KeyringParts {
            roots: Roots::local(Arc::new(root)),
            first: None,
            external: None,
            mac: mac(),
            entropy,
            clock,
            holding: Holding::default(),
        });
        let context = KeyContext {
            tenant: tenant_id(),
            wallet: wallet_id(),
            version: 1,
        };
        let of = KekContext {
            tenant: context.tenant,
            version: 1,
        };
        let kek = wrapper.kek(&KeyManagement::Local, of).await;
        let kek = kek.expect("a key-encryption key");
        let made = wrapper.generate(context, &kek).await;
        let (address, key) = made.expect("a key");
        Self {
            wrapper,
            keyring: std::sync::Mutex::new(Some(Arc::new(keyring))),
            context,
            kek,
            key,
            address,
        }
    }

    /// The next version of the tenant's key, yet to be made.
    pub(crate) const fn next_kek(&self) -> KekContext {
        KekContext {
            tenant: self.context.tenant,
            version: 2,
        }
    }

    pub(crate) fn keyring(&self) -> Arc<Keyring> {
        let held = self.keyring.lock().expect("nobody panicked");
        Arc::clone(held.as_ref().expect("not given up"))
    }

    /// The signing side, to be dropped.
    pub(crate) fn give_up(&self) -> Option<Arc<Keyring>> {
        self.keyring.lock().expect("nobody panicked").take()
    }

    pub(crate) async fn sign(&self) -> Result<Signature, KeyError> {
        let (key, kek) = (&self.key, Some(&self.kek));
        self.keyring()
            .sign(self.context, key, kek, self.address, hash())
            .await
    }

    /// Signs many times, and is refused in every way.
    pub(crate) async fn use_it(&self) {
        for _ in 0..50 {
            self.sign().await.expect("its own key");
        }
        self.refusals().await;
    }

    /// Every refusal there is, as people and logs would see it.
    pub(crate) async fn refusals(&self) -> Vec<KeyError> {
        let keyring = self.keyring();
        let Self {
            context,
            key,
            kek,
            address,
            ..
        } = self;
        let other = KeyContext {
            wallet: wallet_id(),
            ..*context
        };
        let cut = WrappedKey {
            envelope: key.envelope[1..].to_vec(),
            ..key.clone()
        };
        let foreign = WrappedKey {
            provider: "nobody".to_owned(),
            ..key.clone()
        };
        let forged = TenantKek {
            seals: kek.imports,
            ..kek.clone()
        };
        let mut all = Vec::new();
        for (context, key, kek, address) in [
            (other, key, Some(kek), *address),
            (*context, &cut, Some(kek), *address),
            (*context, &foreign, Some(kek), *address),
            (*context, key, None, *address),
            (*context, key, Some(kek), Address::ZERO),
        ] {
            let refused = keyring.sign(context, key, kek, address, hash()).await;
            all.push(refused.expect_err("it is refused"));
        }
        let refused = self.wrapper.generate(*context, &forged).await;
        all.push(refused.expect_err("it is refused"));
        all
    }
}

/// Takes from this process, for good, what guarded and locked pages need.
pub(crate) fn without_pages_for_secrets() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    use rustix::thread::{CapabilitySet, capabilities, set_capabilities};
    let mut held = capabilities(None).expect("its own");
    for set in [
        &mut held.effective,
        &mut held.permitted,
        &mut held.inheritable,
    ] {
        set.remove(CapabilitySet::IPC_LOCK);
    }
    set_capabilities(None, held).expect("less is allowed");
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Memlock, none).expect("less is allowed");
}

/// Eight bytes of the last key drawn, from its middle.
#[expect(
    clippy::unnecessary_box_returns,
    reason = "on the heap, where the search must find them"
)]
pub(crate) fn leak(marked: &Marked) -> Box<[u8; 8]> {
    let last = marked.canaries().last().expect("it drew");
    let mut whole = Box::new([0; 32]);
    last.write_into(whole.as_mut_slice());
    let mut leaked = Box::new([0; 8]);
    leaked.copy_from_slice(&whole[13..21]);
    zeroize::Zeroize::zeroize(whole.as_mut_slice());
    std::hint::black_box(leaked)
}
