//! A key belongs to its tenant, its wallet and its version.

use vaultpilot_ports::keys::{KeyContext, KeyError, WrappedKey};

use super::{Bench, context};
use crate::fixture::hash;

pub(super) async fn run(bench: Bench<'_>) {
    let made = bench.made().await;
    let (right, other) = (made.context, context());
    // Before it was ever opened, and while it is held in memory.
    for _ in 0..2 {
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
            // Nor when the row claims the version that is asked for.
            let relabelled = WrappedKey {
                version: wrong.version,
                ..made.key.clone()
            };
            for key in [&made.key, &relabelled] {
                let signed = bench
                    .signer
                    .sign(wrong, key, Some(&made.kek), made.address, hash());
                assert_eq!(signed.await, Err(KeyError::NotUnwrapped), "{wrong:?}");
            }
        }
        assert!(bench.sign(&made).await.is_ok());
    }
}
