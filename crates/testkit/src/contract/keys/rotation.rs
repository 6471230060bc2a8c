//! Wrapping anew: the same private key, and both wrappings good until the old one is purged.

use vaultpilot_ports::keys::{KekContext, KeyContext, KeyError, WrappedKey};

use super::{Bench, Made, context};

pub(super) async fn run(bench: Bench<'_>) {
    moves_data_keys_to_another_kek(bench).await;
    moves_nothing_in_another_context(bench).await;
    leaves_a_kek_that_is_under_the_newest_root(bench).await;
}

async fn moves_data_keys_to_another_kek(bench: Bench<'_>) {
    let made = bench.made().await;
    let mut row = made.key.clone();
    let mut under = made.kek.clone();
    for version in 2..5 {
        let next = bench.kek(made.context.tenant, version).await;
        let moved = bench
            .custodian
            .rewrap(made.context, &row, Some(&under), &next);
        let moved = moved.await.unwrap();
        assert_eq!(
            (moved.version, moved.generation, moved.kek),
            (row.version, row.generation + 1, Some(version))
        );
        assert_ne!(moved.envelope, row.envelope);
        // Interleaved, as while a rotation is under way.
        for _ in 0..2 {
            assert!(bench.sign_with(&made, &moved, &next).await.is_ok());
            assert!(bench.sign_with(&made, &row, &under).await.is_ok());
        }
        let refused = bench.sign_with(&made, &moved, &under).await;
        assert_eq!(refused, Err(KeyError::KekMissing { version }));
        let claimed = WrappedKey {
            kek: Some(under.version),
            ..moved.clone()
        };
        let refused = bench.sign_with(&made, &claimed, &under).await;
        assert_eq!(refused, Err(KeyError::NotUnwrapped));
        (row, under) = (moved, next);
    }
}

async fn moves_nothing_in_another_context(bench: Bench<'_>) {
    let made = bench.made().await;
    let Made {
        context: right,
        kek,
        key,
        ..
    } = &made;
    let next = bench.kek(right.tenant, 2).await;
    let other = context();
    for wrong in [
        KeyContext {
            wallet: other.wallet,
            ..*right
        },
        KeyContext {
            version: 2,
            ..*right
        },
    ] {
        let moved = bench.custodian.rewrap(wrong, key, Some(kek), &next).await;
        assert_eq!(moved.err(), Some(KeyError::NotUnwrapped), "{wrong:?}");
    }
}

async fn leaves_a_kek_that_is_under_the_newest_root(bench: Bench<'_>) {
    let made = bench.made().await;
    let context = KekContext {
        tenant: made.context.tenant,
        version: 1,
    };
    let moved = bench.custodian.rewrap_kek(context, &made.kek).await;
    assert_eq!(moved, Ok(None));
}
