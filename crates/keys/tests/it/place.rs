//! A root in a folder of its own, and the two sides of a house over it.

use std::sync::Arc;

use k256::ecdsa::{RecoveryId, Signature as Curve, VerifyingKey};
use vaultpilot_core::{Address, B256, Entropy, KeyManagement};
use vaultpilot_keys::{
    Holding, KekMac, Keyring, KeyringParts, LocalRootUnwrapper, Lock, RootKey, Roots, Wrapper,
    WrapperParts,
};
use vaultpilot_ports::RootUnwrapper;
use vaultpilot_ports::keys::{KekContext, KeyContext, KeyWrapper as _, Signature, TenantKek};
use vaultpilot_testkit::fixture::{tenant_id, wallet_id};
use vaultpilot_testkit::{MockClock, SeededEntropy};

pub(crate) const PEPPER: [u8; 32] = [7; 32];

/// A new root; another seed is another root.
pub(crate) fn root(seed: u64) -> RootKey {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let entropy = SeededEntropy::new(seed);
    RootKey::create(&folder.path().join("kek.json"), Lock::File, &entropy).expect("a new root")
}

pub(crate) fn unwrapper(current: u64, previous: &[u64]) -> LocalRootUnwrapper {
    let previous = previous.iter().map(|seed| root(*seed)).collect();
    let entropy = Arc::new(SeededEntropy::new(current + 1000));
    LocalRootUnwrapper::new(root(current), previous, entropy)
}

/// The side that wraps.
pub(crate) fn wrapper(seed: u64, entropy: Arc<dyn Entropy>) -> Wrapper {
    Wrapper::new(WrapperParts {
        roots: Roots::local(Arc::new(root(seed).wrapper(Arc::clone(&entropy)))),
        external: None,
        mac: KekMac::new(&PEPPER),
        entropy,
        clock: Arc::new(MockClock::new()),
    })
}

/// The side that unwraps.
pub(crate) fn keyring(seed: u64) -> Keyring {
    keyring_over(Arc::new(unwrapper(seed, &[])), &MockClock::new())
}

pub(crate) fn keyring_over(root: Arc<dyn RootUnwrapper>, clock: &MockClock) -> Keyring {
    Keyring::new(KeyringParts {
        roots: Roots::local(root),
        first: Some(Arc::new(unwrapper(1, &[]))),
        external: None,
        mac: KekMac::new(&PEPPER),
        entropy: Arc::new(SeededEntropy::new(2000)),
        clock: Arc::new(clock.clone()),
        holding: Holding::default(),
    })
}

pub(crate) fn halves(seed: u64, entropy: Arc<dyn Entropy>) -> (Wrapper, Keyring) {
    (wrapper(seed, entropy), keyring(seed))
}

/// A tenant's key under this root, made of randomness that nobody else draws from.
pub(crate) async fn kek(seed: u64, context: KeyContext, version: u32) -> TenantKek {
    let context = KekContext {
        tenant: context.tenant,
        version,
    };
    let entropy = Arc::new(SeededEntropy::new(3000 + u64::from(version)));
    let wrapper = wrapper(seed, entropy);
    let made = wrapper.kek(&KeyManagement::Local, context).await;
    made.expect("a local root is always there")
}

pub(crate) fn context() -> KeyContext {
    KeyContext {
        tenant: tenant_id(),
        wallet: wallet_id(),
        version: 1,
    }
}

/// The curve's own word: who signed this hash.
pub(crate) fn signed_by(address: Address, hash: B256, signature: &Signature) -> bool {
    let Signature { r, s, y_parity } = *signature;
    let bytes = [r.to_be_bytes::<32>(), s.to_be_bytes::<32>()].concat();
    let Ok(curve) = Curve::from_slice(&bytes) else {
        return false;
    };
    let id = RecoveryId::new(y_parity, false);
    VerifyingKey::recover_from_prehash(hash.as_slice(), &curve, id).is_ok_and(|key| {
        Address::from_raw_public_key(&key.to_encoded_point(false).as_bytes()[1..]) == address
    })
}
