//! The contract of `KeyWrapper` and `Signer`.

use std::collections::BTreeSet;

use vaultpilot_core::{Address, B256, U256};
use vaultpilot_ports::keys::{KeyContext, KeyError, KeyWrapper, Signature, Signer, WrappedKey};

use crate::fixture::{hash, tenant_id, wallet_id};

/// Half of the order of secp256k1, rounded down.
const HALF_ORDER: U256 = U256::from_limbs([
    0xdfe9_2f46_681b_20a0,
    0x5d57_6e73_57a4_501d,
    0xffff_ffff_ffff_ffff,
    0x7fff_ffff_ffff_ffff,
]);

/// Runs every case. `signed_by` says whether a signature over a hash is the address's.
pub async fn run(
    wrapper: &dyn KeyWrapper,
    signer: &dyn Signer,
    signed_by: &dyn Fn(Address, B256, &Signature) -> bool,
) {
    signs_what_it_wrapped(wrapper, signer, signed_by).await;
    gives_no_key_twice(wrapper).await;
    is_bound_to_its_context(wrapper, signer).await;
    signs_for_its_address_only(wrapper, signer).await;
    refuses_every_flipped_bit(wrapper, signer).await;
    refuses_what_is_no_envelope(wrapper, signer).await;
}

fn context() -> KeyContext {
    KeyContext {
        tenant: tenant_id(),
        wallet: wallet_id(),
        version: 1,
    }
}

async fn signs_what_it_wrapped(
    wrapper: &dyn KeyWrapper,
    signer: &dyn Signer,
    signed_by: &dyn Fn(Address, B256, &Signature) -> bool,
) {
    for version in [1, 2, u32::MAX] {
        let context = KeyContext {
            version,
            ..context()
        };
        let (address, key) = wrapper.generate(context, None).await.unwrap();
        assert_eq!(key.version, version);
        assert!(!address.is_zero());
        for _ in 0..8 {
            let hash = hash();
            let signature = signer
                .sign(context, &key, None, address, hash)
                .await
                .unwrap();
            assert!(signed_by(address, hash, &signature));
            assert!(!signed_by(address, B256::ZERO, &signature));
            assert!(signature.s <= HALF_ORDER, "s is in the lower half (EIP-2)");
            let again = signer
                .sign(context, &key, None, address, hash)
                .await
                .unwrap();
            assert_eq!(again, signature, "the same bytes on every retry");
        }
    }
}

async fn gives_no_key_twice(wrapper: &dyn KeyWrapper) {
    let context = context();
    let mut addresses = BTreeSet::new();
    let mut envelopes = BTreeSet::new();
    for _ in 0..16 {
        let (address, key) = wrapper.generate(context, None).await.unwrap();
        assert!(addresses.insert(address), "two calls gave one key");
        assert!(envelopes.insert(key.envelope));
    }
}

async fn is_bound_to_its_context(wrapper: &dyn KeyWrapper, signer: &dyn Signer) {
    let right = context();
    let (address, key) = wrapper.generate(right, None).await.unwrap();
    let other = context();
    for wrong in [
        KeyContext {
            tenant: other.tenant,
            ..right
        },
        KeyContext {
            wallet: other.wallet,
            ..right
        },
        KeyContext {
            version: 2,
            ..right
        },
        other,
    ] {
        let refused = signer.sign(wrong, &key, None, address, hash()).await;
        assert_eq!(refused, Err(KeyError::NotUnwrapped), "{wrong:?}");
        // Nor when the row claims the version that is asked for.
        let relabelled = WrappedKey {
            version: wrong.version,
            ..key.clone()
        };
        let refused = signer.sign(wrong, &relabelled, None, address, hash()).await;
        assert_eq!(refused, Err(KeyError::NotUnwrapped), "{wrong:?}");
    }
    assert!(
        signer
            .sign(right, &key, None, address, hash())
            .await
            .is_ok()
    );
}

async fn signs_for_its_address_only(wrapper: &dyn KeyWrapper, signer: &dyn Signer) {
    let context = context();
    let (address, key) = wrapper.generate(context, None).await.unwrap();
    let (other, _) = wrapper.generate(context, None).await.unwrap();
    for wrong in [other, Address::ZERO] {
        let refused = signer.sign(context, &key, None, wrong, hash()).await;
        assert_eq!(refused, Err(KeyError::WrongAddress));
    }
    assert!(
        signer
            .sign(context, &key, None, address, hash())
            .await
            .is_ok()
    );
}

/// No bit of an envelope is free: whatever is flipped, nothing is signed.
async fn refuses_every_flipped_bit(wrapper: &dyn KeyWrapper, signer: &dyn Signer) {
    let context = context();
    let (address, key) = wrapper.generate(context, None).await.unwrap();
    for at in 0..key.envelope.len() {
        for bit in 0..8 {
            let mut altered = key.clone();
            altered.envelope[at] ^= 1 << bit;
            let refused = signer
                .sign(context, &altered, None, address, B256::ZERO)
                .await;
            assert!(refused.is_err(), "byte {at}, bit {bit} does not matter");
        }
    }
}

async fn refuses_what_is_no_envelope(wrapper: &dyn KeyWrapper, signer: &dyn Signer) {
    let context = context();
    let (address, key) = wrapper.generate(context, None).await.unwrap();
    let envelope = &key.envelope;
    let longer = [envelope.as_slice(), &[0]].concat();
    for wrong in [
        &[][..],
        &envelope[..envelope.len() - 1],
        &envelope[1..],
        &longer,
        b"{}",
    ] {
        let altered = WrappedKey {
            envelope: wrong.to_vec(),
            ..key.clone()
        };
        assert!(
            signer
                .sign(context, &altered, None, address, hash())
                .await
                .is_err()
        );
    }
    let foreign = WrappedKey {
        provider: "somebody-else".to_owned(),
        ..key.clone()
    };
    let refused = signer.sign(context, &foreign, None, address, hash()).await;
    assert!(
        matches!(refused, Err(KeyError::Provider { .. })),
        "{refused:?}"
    );
}
