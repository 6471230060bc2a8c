//! Key-encryption keys of tenants: no two are one, and no row passes for another.

use std::collections::BTreeSet;

use vaultpilot_core::Timestamp;
use vaultpilot_ports::keys::{KekContext, KeyError, TenantKek};

use super::{Bench, Made, context};
use crate::fixture::hash;

pub(super) async fn run(bench: Bench<'_>) {
    gives_no_kek_twice(bench).await;
    seals_to_no_forged_kek(bench).await;
    names_the_kek_that_is_missing(bench).await;
    opens_under_no_other_row(bench).await;
    seals_to_no_kek_that_does_not_open(bench).await;
    believes_what_it_vouched_for(bench);
}

async fn gives_no_kek_twice(bench: Bench<'_>) {
    let tenant = context().tenant;
    let mut halves = BTreeSet::new();
    for version in [1, 1, 2, u32::MAX] {
        let kek = bench.kek(tenant, version).await;
        assert_eq!((kek.version, kek.generation), (version, 1));
        assert_eq!(kek.management, *bench.management);
        assert!(!kek.root.is_empty() && !kek.wrapped.is_empty());
        assert!(kek.created_at >= Timestamp::UNIX_EPOCH);
        assert!(halves.insert(kek.seals) && halves.insert(kek.imports));
    }
}

/// What whoever writes the database could put there.
fn forgeries(kek: &TenantKek, other: &TenantKek) -> Vec<TenantKek> {
    vec![
        TenantKek {
            seals: other.seals,
            ..kek.clone()
        },
        TenantKek {
            imports: other.imports,
            ..kek.clone()
        },
        TenantKek {
            mac: other.mac,
            ..kek.clone()
        },
        TenantKek {
            version: kek.version + 1,
            ..kek.clone()
        },
        TenantKek {
            mac: [0; 32],
            ..kek.clone()
        },
        other.clone(),
    ]
}

async fn seals_to_no_forged_kek(bench: Bench<'_>) {
    let made = bench.made().await;
    let other = bench.kek(context().tenant, 1).await;
    let sealed = vaultpilot_ports::keys::SealedKey((bench.seal)(&made.kek.imports, DIGITS));
    for forged in forgeries(&made.kek, &other) {
        let tenant = made.context.tenant;
        let admitted = bench.wrapper.admit(tenant, &forged);
        assert_eq!(admitted, Err(KeyError::KekForged), "{forged:?}");
        let opens = bench.custodian.opens(tenant, &forged).await;
        assert_eq!(opens, Err(KeyError::KekForged), "{forged:?}");
        let generated = bench.wrapper.generate(made.context, &forged).await;
        assert_eq!(generated.err(), Some(KeyError::KekForged), "{forged:?}");
        let rewrapped = bench
            .custodian
            .rewrap(made.context, &made.key, Some(&made.kek), &forged);
        assert_eq!(rewrapped.await.err(), Some(KeyError::KekForged));
        let imported = bench
            .custodian
            .import(made.context, &sealed, &made.kek, &forged);
        assert_eq!(imported.await.err(), Some(KeyError::KekForged));
    }
}

/// A valid private key, and nobody's.
const DIGITS: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// The MAC says nothing of the wrapping: it changes when the root wraps anew.
async fn seals_to_no_kek_that_does_not_open(bench: Bench<'_>) {
    let made = bench.made().await;
    let tenant = made.context.tenant;
    let next = bench.kek(tenant, 2).await;
    let sealed = vaultpilot_ports::keys::SealedKey((bench.seal)(&made.kek.imports, DIGITS));
    let (mut altered, other) = (next.clone(), bench.kek(tenant, 2).await);
    altered.wrapped[0] ^= 1;
    let exchanged = TenantKek {
        wrapped: other.wrapped,
        ..next.clone()
    };
    for held in [false, true] {
        for lost in [&altered, &exchanged] {
            assert_eq!(bench.wrapper.admit(tenant, lost), Ok(()));
            let opens = bench.custodian.opens(tenant, lost).await;
            assert!(opens.is_err(), "{lost:?}");
            let moved = bench
                .custodian
                .rewrap(made.context, &made.key, Some(&made.kek), lost);
            assert_eq!(moved.await.err(), opens.clone().err());
            let imported = bench
                .custodian
                .import(made.context, &sealed, &made.kek, lost);
            assert_eq!(imported.await.err(), opens.err());
        }
        if !held {
            assert_eq!(bench.custodian.opens(tenant, &next).await, Ok(()));
        }
    }
}

fn believes_what_it_vouched_for(bench: Bench<'_>) {
    let (tenant, other) = (context().tenant, context().tenant);
    for what in [&b""[..], b"export", b"export|1"] {
        let mac = bench.wrapper.vouch(tenant, what);
        assert_eq!(bench.custodian.vouched(tenant, what, &mac), Ok(()));
        let mut altered = mac;
        altered[31] ^= 1;
        for (tenant, what, mac) in [
            (other, what, &mac),
            (tenant, &b"export|2"[..], &mac),
            (tenant, what, &altered),
            (tenant, what, &[0; 32]),
        ] {
            let refused = bench.custodian.vouched(tenant, what, mac);
            assert_eq!(refused, Err(KeyError::NotVouched));
        }
    }
}

async fn names_the_kek_that_is_missing(bench: Bench<'_>) {
    let made = bench.made().await;
    let second = bench.kek(made.context.tenant, 2).await;
    // Before it was ever opened, and while it is held in memory.
    for _ in 0..2 {
        for wrong in [None, Some(&second)] {
            let Made {
                context,
                key,
                address,
                ..
            } = &made;
            let signed = bench.signer.sign(*context, key, wrong, *address, hash());
            assert_eq!(signed.await, Err(KeyError::KekMissing { version: 1 }));
            let moved = bench.custodian.rewrap(*context, key, wrong, &second);
            assert_eq!(moved.await.err(), Some(KeyError::KekMissing { version: 1 }));
        }
        assert!(bench.sign(&made).await.is_ok());
    }
}

async fn opens_under_no_other_row(bench: Bench<'_>) {
    let made = bench.made().await;
    let tenant = made.context.tenant;
    let second = bench.kek(tenant, 2).await;
    let others = bench.kek(context().tenant, 1).await;
    let again = bench.kek(tenant, 1).await;
    let mut altered = made.kek.clone();
    altered.wrapped[0] ^= 1;
    let mut rows = vec![
        // Another key under this one's number, and another wrapping under this one's public halves.
        TenantKek {
            version: 1,
            ..second.clone()
        },
        TenantKek {
            wrapped: second.wrapped.clone(),
            ..made.kek.clone()
        },
        TenantKek {
            wrapped: again.wrapped.clone(),
            ..made.kek.clone()
        },
        TenantKek {
            seals: again.seals,
            ..made.kek.clone()
        },
        TenantKek {
            imports: again.imports,
            ..made.kek.clone()
        },
        altered,
        others,
        again,
    ];
    for held in [false, true] {
        for row in &rows {
            // A key that nobody has opened yet, under the row.
            let fresh = bench.wrapper.generate(made.context, &made.kek).await;
            let (address, key) = fresh.unwrap();
            let signed = bench
                .signer
                .sign(made.context, &key, Some(row), address, hash());
            assert!(signed.await.is_err(), "{row:?}");
        }
        if !held {
            assert!(bench.sign(&made).await.is_ok());
        }
    }
    rows.clear();
    let wrong = KekContext { tenant, version: 2 };
    let refused = bench.custodian.rewrap_kek(wrong, &made.kek).await;
    assert_eq!(refused, Err(KeyError::NotUnwrapped));
    let wrong = KekContext {
        tenant: context().tenant,
        version: 1,
    };
    let refused = bench.custodian.rewrap_kek(wrong, &made.kek).await;
    assert_eq!(refused, Err(KeyError::NotUnwrapped));
}
