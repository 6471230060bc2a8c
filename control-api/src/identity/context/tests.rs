use vaultpilot_core::{Caller, CallerKind, Clock as _, Duration, KeyId, Role, Scope, TenantId};
use vaultpilot_testkit::{MockClock, SeededEntropy};

use super::{ContextRefused, LIFETIME, Seal};

fn caller(seed: u64) -> Caller {
    let (clock, entropy) = (MockClock::new(), SeededEntropy::new(seed));
    Caller {
        tenant: TenantId::new(&clock, &entropy),
        kind: CallerKind::Agent {
            key: KeyId::new(&clock, &entropy),
            name: "bot".parse().unwrap(),
        },
        role: Role::Agent,
        scopes: Scope::ALL.to_vec(),
        ip: Some("10.0.0.7".parse().unwrap()),
    }
}

#[test]
fn what_was_sealed_comes_out_the_same() {
    let (seal, caller, now) = (Seal::new([1; 32]), caller(1), MockClock::new().now());
    let (context, made) = seal.seal(caller.clone(), "vp-acme", now);
    let opened = seal.open(&context, caller.tenant, "vp-acme").unwrap();
    assert_eq!((&opened, &opened.caller), (&made, &caller));
    // Another replica has the same key.
    assert!(
        Seal::new([1; 32])
            .open(&context, caller.tenant, "vp-acme")
            .is_ok()
    );
}

#[test]
fn no_bit_of_it_is_free() {
    let (seal, caller, now) = (Seal::new([1; 32]), caller(1), MockClock::new().now());
    let (context, _) = seal.seal(caller.clone(), "vp-acme", now);
    for at in 0..context.len() {
        for bit in 0..8 {
            let mut altered = context.clone();
            altered[at] ^= 1 << bit;
            let opened = seal.open(&altered, caller.tenant, "vp-acme");
            assert_eq!(opened, Err(ContextRefused::Over), "byte {at}, bit {bit}");
        }
    }
    for length in 0..context.len() {
        let opened = seal.open(&context[..length], caller.tenant, "vp-acme");
        assert_eq!(opened, Err(ContextRefused::Over), "cut to {length}");
    }
    let mut longer = context.clone();
    longer.push(b' ');
    assert!(seal.open(&longer, caller.tenant, "vp-acme").is_err());
    assert!(
        seal.open(&vec![1; 1 << 16], caller.tenant, "vp-acme")
            .is_err(),
        "too long"
    );
}

#[test]
fn it_is_worth_nothing_elsewhere() {
    let (seal, now) = (Seal::new([1; 32]), MockClock::new().now());
    let (ours, theirs) = (caller(1), caller(2));
    let (context, _) = seal.seal(ours.clone(), "vp-acme", now);
    let not_yours = Err(ContextRefused::NotYours);
    assert_eq!(seal.open(&context, theirs.tenant, "vp-acme"), not_yours);
    assert_eq!(seal.open(&context, ours.tenant, "vp-other"), not_yours);
    let elsewhere = Seal::new([2; 32]).open(&context, ours.tenant, "vp-acme");
    assert_eq!(elsewhere, Err(ContextRefused::Over));
}

#[test]
fn it_is_good_for_a_minute() {
    let (seal, clock) = (Seal::new([1; 32]), MockClock::new());
    let (_, sealed) = seal.seal(caller(1), "vp-acme", clock.now());
    assert!(sealed.is_good(clock.now()));
    clock.advance(LIFETIME.checked_sub(Duration::from_millis(1)).unwrap());
    assert!(sealed.is_good(clock.now()));
    clock.advance(Duration::from_millis(1));
    assert!(!sealed.is_good(clock.now()));
}
