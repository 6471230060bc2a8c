//! The contract of `RootWrapper` and `RootUnwrapper`.

use vaultpilot_core::{B256, KeyManagement};
use vaultpilot_ports::keys::{KekContext, KeyError, RootSealed, RootUnwrapper, RootWrapper};
use vaultpilot_secret::Secret;

use crate::fixture::{hash, tenant_id};

/// Runs every case that needs no rotation of the root itself.
pub async fn run(
    wrapper: &dyn RootWrapper,
    unwrapper: &dyn RootUnwrapper,
    management: &KeyManagement,
) {
    unwraps_what_it_wrapped(wrapper, unwrapper, management).await;
    wraps_twice_differently(wrapper, unwrapper, management).await;
    is_bound_to_its_context(wrapper, unwrapper, management).await;
    refuses_every_flipped_bit(wrapper, unwrapper, management).await;
    refuses_what_it_never_wrapped(wrapper, unwrapper, management).await;
    wraps_anew(wrapper, unwrapper, management).await;
    says_what_it_would_wrap_with(wrapper, management).await;
}

/// What was wrapped before the root moved on, by `rotate`, is unwrapped after it, and moves along when
/// it is wrapped anew. `before` and `after` are one wrapper where the root moves inside its provider.
pub async fn moves_on(
    before: &dyn RootWrapper,
    rotate: impl AsyncFnOnce(),
    after: &dyn RootWrapper,
    unwrapper: &dyn RootUnwrapper,
    management: &KeyManagement,
) {
    let (context, seed) = (context(), seed());
    let old = before.wrap(management, &context, &seed).await.unwrap();
    assert_eq!(old.root, before.check(management).await.unwrap().root);
    rotate().await;
    let newest = after.check(management).await.unwrap().root;
    assert_ne!(newest, old.root, "the root did not move on");

    let opened = unwrapper.unwrap(management, &context, &old).await.unwrap();
    assert!(same(&opened, &seed), "what was wrapped before is lost");
    let moved = unwrapper.rewrap(management, &context, &old).await.unwrap();
    assert_eq!(moved.root, newest);
    assert_ne!(moved.bytes, old.bytes);
    let opened = unwrapper
        .unwrap(management, &context, &moved)
        .await
        .unwrap();
    assert!(same(&opened, &seed), "rewrapping changed the seed");
    for wrong in others(context) {
        refuses(unwrapper, management, &wrong, &moved).await;
    }
    let new = after.wrap(management, &context, &seed).await.unwrap();
    assert_eq!(new.root, newest);
}

fn context() -> KekContext {
    KekContext {
        tenant: tenant_id(),
        version: 1,
    }
}

fn others(right: KekContext) -> [KekContext; 4] {
    let other = context();
    [
        KekContext {
            tenant: other.tenant,
            ..right
        },
        KekContext {
            version: 2,
            ..right
        },
        KekContext {
            version: 11,
            ..right
        },
        KekContext {
            version: 2,
            ..other
        },
    ]
}

fn seed() -> Secret {
    secret(hash())
}

fn secret(bytes: B256) -> Secret {
    let mut secret = Secret::empty();
    secret.bytes_mut().copy_from_slice(bytes.as_slice());
    secret
}

fn same(one: &Secret, other: &Secret) -> bool {
    one.bytes() == other.bytes()
}

async fn refuses(
    unwrapper: &dyn RootUnwrapper,
    management: &KeyManagement,
    wrong: &KekContext,
    sealed: &RootSealed,
) {
    let refused = unwrapper.unwrap(management, wrong, sealed).await.err();
    assert_eq!(refused, Some(KeyError::NotUnwrapped), "{wrong:?}");
    let refused = unwrapper.rewrap(management, wrong, sealed).await.err();
    assert_eq!(refused, Some(KeyError::NotUnwrapped), "rewrap {wrong:?}");
}

async fn unwraps_what_it_wrapped(
    wrapper: &dyn RootWrapper,
    unwrapper: &dyn RootUnwrapper,
    management: &KeyManagement,
) {
    for version in [1, 2, u32::MAX] {
        let context = KekContext {
            version,
            ..context()
        };
        for seed in [seed(), Secret::empty(), secret(B256::repeat_byte(0xff))] {
            let sealed = wrapper.wrap(management, &context, &seed).await.unwrap();
            assert!(!sealed.root.is_empty());
            for _ in 0..2 {
                let opened = unwrapper
                    .unwrap(management, &context, &sealed)
                    .await
                    .unwrap();
                assert!(same(&opened, &seed));
            }
            let shown = sealed
                .bytes
                .windows(8)
                .any(|part| seed.bytes().chunks_exact(8).any(|own| own == part));
            assert!(!shown, "the seed lies in the open");
        }
    }
}

async fn wraps_twice_differently(
    wrapper: &dyn RootWrapper,
    unwrapper: &dyn RootUnwrapper,
    management: &KeyManagement,
) {
    let (context, seed) = (context(), seed());
    let one = wrapper.wrap(management, &context, &seed).await.unwrap();
    let two = wrapper.wrap(management, &context, &seed).await.unwrap();
    assert_ne!(one.bytes, two.bytes, "whoever compares them learns nothing");
    assert_eq!(one.root, two.root);
    for sealed in [one, two] {
        let opened = unwrapper
            .unwrap(management, &context, &sealed)
            .await
            .unwrap();
        assert!(same(&opened, &seed));
    }
}

async fn is_bound_to_its_context(
    wrapper: &dyn RootWrapper,
    unwrapper: &dyn RootUnwrapper,
    management: &KeyManagement,
) {
    let (context, seed) = (context(), seed());
    let sealed = wrapper.wrap(management, &context, &seed).await.unwrap();
    for wrong in others(context) {
        refuses(unwrapper, management, &wrong, &sealed).await;
    }
    let opened = unwrapper.unwrap(management, &context, &sealed).await;
    assert!(opened.is_ok_and(|opened| same(&opened, &seed)));
}

/// A provider may take altered bytes for those of another key and deny them; it gives no seed.
async fn refuses_every_flipped_bit(
    wrapper: &dyn RootWrapper,
    unwrapper: &dyn RootUnwrapper,
    management: &KeyManagement,
) {
    let (context, seed) = (context(), seed());
    let sealed = wrapper.wrap(management, &context, &seed).await.unwrap();
    for at in 0..sealed.bytes.len() {
        for bit in 0..8 {
            let mut altered = sealed.clone();
            altered.bytes[at] ^= 1 << bit;
            let opened = unwrapper.unwrap(management, &context, &altered).await;
            assert!(opened.is_err(), "byte {at}, bit {bit} does not matter");
        }
    }
}

async fn refuses_what_it_never_wrapped(
    wrapper: &dyn RootWrapper,
    unwrapper: &dyn RootUnwrapper,
    management: &KeyManagement,
) {
    let (context, seed) = (context(), seed());
    let sealed = wrapper.wrap(management, &context, &seed).await.unwrap();
    let longer = [sealed.bytes.as_slice(), &[0]].concat();
    for wrong in [
        &[][..],
        &sealed.bytes[..sealed.bytes.len() - 1],
        &sealed.bytes[1..],
        &longer,
        b"{}",
        &[0; 8192],
    ] {
        let altered = RootSealed {
            bytes: wrong.to_vec(),
            ..sealed.clone()
        };
        let opened = unwrapper.unwrap(management, &context, &altered).await;
        assert!(opened.is_err());
        let moved = unwrapper.rewrap(management, &context, &altered).await;
        assert!(moved.is_err());
    }
}

async fn wraps_anew(
    wrapper: &dyn RootWrapper,
    unwrapper: &dyn RootUnwrapper,
    management: &KeyManagement,
) {
    let (context, seed) = (context(), seed());
    let sealed = wrapper.wrap(management, &context, &seed).await.unwrap();
    let anew = unwrapper
        .rewrap(management, &context, &sealed)
        .await
        .unwrap();
    assert_eq!(anew.root, wrapper.check(management).await.unwrap().root);
    // The old wrapping is good until it is purged.
    for sealed in [sealed, anew] {
        let opened = unwrapper
            .unwrap(management, &context, &sealed)
            .await
            .unwrap();
        assert!(same(&opened, &seed));
    }
}

async fn says_what_it_would_wrap_with(wrapper: &dyn RootWrapper, management: &KeyManagement) {
    let health = wrapper.check(management).await.unwrap();
    let sealed = wrapper.wrap(management, &context(), &seed()).await.unwrap();
    assert_eq!(health.root, sealed.root);
}
