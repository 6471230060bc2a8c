//! A root in a folder of its own.

use std::sync::Arc;

use k256::ecdsa::{RecoveryId, Signature as Curve, VerifyingKey};
use vaultpilot_core::{Address, B256, Entropy};
use vaultpilot_keys::{LocalSigner, LocalWrapper, Lock, RootKey};
use vaultpilot_ports::keys::{KeyContext, Signature};
use vaultpilot_testkit::SeededEntropy;
use vaultpilot_testkit::fixture::{tenant_id, wallet_id};

/// A new root; another seed is another root.
pub(crate) fn root(seed: u64) -> RootKey {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let entropy = SeededEntropy::new(seed);
    RootKey::create(&folder.path().join("kek.json"), Lock::File, &entropy).expect("a new root")
}

pub(crate) fn halves(seed: u64, entropy: Arc<dyn Entropy>) -> (LocalWrapper, LocalSigner) {
    let root = root(seed);
    (root.wrapper(entropy), root.signer())
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
