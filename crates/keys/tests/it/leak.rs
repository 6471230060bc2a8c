//! `no_plaintext_key`: what leaves this crate, and what stays in memory.

use std::sync::Arc;

use vaultpilot_core::{Address, Entropy};
use vaultpilot_keys::{LocalSigner, LocalWrapper};
use vaultpilot_ports::keys::{KeyContext, KeyError, KeyWrapper as _, Signer as _, WrappedKey};
use vaultpilot_testkit::SeededEntropy;
use vaultpilot_testkit::fixture::{hash, wallet_id};

use crate::memory::{Canary, Needles};
use crate::place::{context, halves};
use vaultpilot_secret::Secret;

/// Gives the canary as the first key, randomness after.
struct CanaryFirst(Canary, SeededEntropy, std::sync::atomic::AtomicBool);

impl Entropy for CanaryFirst {
    fn fill(&self, bytes: &mut [u8]) {
        if self.2.swap(true, std::sync::atomic::Ordering::Relaxed) {
            self.1.fill(bytes);
        } else {
            self.0.write_into(bytes);
        }
    }
}

fn with_canary(canary: Canary) -> (LocalWrapper, LocalSigner) {
    halves(
        1,
        Arc::new(CanaryFirst(canary, SeededEntropy::new(2), false.into())),
    )
}

/// Every refusal there is, as people and logs would see it.
async fn refusals(
    signer: &LocalSigner,
    context: KeyContext,
    key: &WrappedKey,
    address: Address,
) -> Vec<KeyError> {
    let other = KeyContext {
        wallet: wallet_id(),
        ..context
    };
    let cut = WrappedKey {
        envelope: key.envelope[1..].to_vec(),
        ..key.clone()
    };
    let foreign = WrappedKey {
        provider: "vault".to_owned(),
        ..key.clone()
    };
    let mut all = Vec::new();
    for refused in [
        signer.sign(other, key, None, address, hash()).await,
        signer.sign(context, &cut, None, address, hash()).await,
        signer.sign(context, &foreign, None, address, hash()).await,
        signer.sign(context, key, None, Address::ZERO, hash()).await,
    ] {
        all.push(refused.expect_err("it is refused"));
    }
    all
}

#[tokio::test]
async fn no_plaintext_key() {
    let canary = Canary::new(11);
    let (wrapper, signer) = with_canary(canary);
    let context = context();
    let (address, key) = wrapper.generate(context, None).await.unwrap();
    let signature = signer
        .sign(context, &key, None, address, hash())
        .await
        .unwrap();
    let mut shown = vec![
        key.envelope.clone(),
        format!("{key:?} {key:x?}", key = key.envelope).into_bytes(),
        serde_json::to_vec(&key).unwrap(),
        format!("{signature:?} {address:?}").into_bytes(),
    ];
    // The envelope's own bytes are hexadecimal: what they decode to must not hold it either.
    let text = String::from_utf8(key.envelope.clone()).unwrap();
    shown.extend(text.split('"').filter_map(|part| hex::decode(part).ok()));
    for refused in refusals(&signer, context, &key, address).await {
        shown.push(format!("{refused:?} {refused}").into_bytes());
    }
    let needles = Needles::of(canary);
    for bytes in shown {
        assert_eq!(
            needles.count_in(&bytes),
            0,
            "{}",
            String::from_utf8_lossy(&bytes)
        );
    }
}

/// What is freed is still there unless it was erased; many at once, so that the allocator cannot
/// have used every place again.
#[cfg(target_os = "linux")]
#[test]
fn a_dropped_secret_is_gone() {
    let canary = Canary::new(13);
    let needles = Needles::of(canary);
    let secrets: Vec<_> = (0..64)
        .map(|_| {
            let mut secret = Secret::empty();
            canary.write_into(secret.bytes_mut());
            secret
        })
        .collect();
    let alive = secrets
        .iter()
        .map(|secret| needles.count_in(secret.bytes()))
        .sum::<usize>();
    assert_eq!(alive, 64 * 4);
    assert!(needles.count_in_process() >= alive);
    drop(secrets);
    assert_eq!(needles.count_in_process(), 0);
}

/// Reads the memory of this very process after keys were made and used.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn no_plaintext_key_in_memory() {
    let canary = Canary::new(12);
    let needles = Needles::of(canary);
    // The scan finds a key that lies around, in every form, or finding none proves nothing.
    for form in 0..4 {
        let mut leaked = vec![0u8; 32];
        canary.write_into(&mut leaked);
        match form {
            1 => leaked.reverse(),
            // As k256 keeps a scalar: little-endian limbs from the lowest.
            2 => leaked.chunks_mut(8).for_each(<[u8]>::reverse),
            3 => leaked[..24].fill(0),
            _ => {}
        }
        let leaked = std::hint::black_box(leaked);
        assert!(needles.count_in_process() > 0, "form {form}");
        erase(leaked);
    }
    assert_eq!(needles.count_in_process(), 0, "before");

    let (wrapper, signer) = with_canary(canary);
    let context = context();
    let (address, key) = wrapper.generate(context, None).await.unwrap();
    assert_eq!(needles.count_in_process(), 0, "after making a key");
    for _ in 0..3 {
        signer
            .sign(context, &key, None, address, hash())
            .await
            .unwrap();
        assert_eq!(needles.count_in_process(), 0, "after a signature");
    }
    for _ in refusals(&signer, context, &key, address).await {
        assert_eq!(needles.count_in_process(), 0, "after a refusal");
    }
}

fn erase(mut bytes: Vec<u8>) {
    bytes.fill(0);
    drop(std::hint::black_box(bytes));
}
