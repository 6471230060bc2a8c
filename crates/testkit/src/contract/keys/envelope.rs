//! No bit of an envelope is free, and nothing else passes for one.

use vaultpilot_core::B256;
use vaultpilot_ports::keys::{KeyError, WrappedKey};

use super::{Bench, Made};

pub(super) async fn run(bench: Bench<'_>) {
    refuses_every_flipped_bit(bench).await;
    refuses_what_is_no_envelope(bench).await;
    refuses_the_envelope_of_another_wallet(bench).await;
}

async fn refuses_every_flipped_bit(bench: Bench<'_>) {
    let made = bench.made().await;
    let Made {
        context,
        kek,
        key,
        address,
    } = &made;
    // While the true one is held in memory: it must not be taken for the altered one.
    assert!(bench.sign(&made).await.is_ok());
    for at in 0..key.envelope.len() {
        for bit in 0..8 {
            let mut altered = key.clone();
            altered.envelope[at] ^= 1 << bit;
            let signed = bench
                .signer
                .sign(*context, &altered, Some(kek), *address, B256::ZERO);
            assert!(
                signed.await.is_err(),
                "byte {at}, bit {bit} does not matter"
            );
        }
    }
    assert!(bench.sign(&made).await.is_ok());
}

async fn refuses_what_is_no_envelope(bench: Bench<'_>) {
    let made = bench.made().await;
    let envelope = &made.key.envelope;
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
            ..made.key.clone()
        };
        let signed = bench.sign_with(&made, &altered, &made.kek).await;
        assert!(signed.is_err());
    }
    let foreign = WrappedKey {
        provider: "somebody-else".to_owned(),
        ..made.key.clone()
    };
    let refused = bench.sign_with(&made, &foreign, &made.kek).await;
    assert!(
        matches!(refused, Err(KeyError::Provider { .. })),
        "{refused:?}"
    );
}

async fn refuses_the_envelope_of_another_wallet(bench: Bench<'_>) {
    let (made, other) = (bench.made().await, bench.made().await);
    for held in [false, true] {
        if held {
            assert!(bench.sign(&other).await.is_ok());
        }
        for kek in [&made.kek, &other.kek] {
            let refused = bench.sign_with(&made, &other.key, kek).await;
            assert_eq!(refused, Err(KeyError::NotUnwrapped));
        }
    }
}
