//! `no_plaintext_key`: what leaves this crate, and what stays in the memory of this very process.

use crate::memory::{Canary, Needles, search};
use crate::scan::{House, Marked};

#[tokio::test]
async fn no_plaintext_key() {
    let marked = Marked::new(11 << 32);
    let house = House::build(&marked).await;
    let (key, kek) = (&house.key, &house.kek);
    let signature = house.sign().await.unwrap();
    let mut shown = vec![
        key.envelope.clone(),
        kek.wrapped.clone(),
        format!("{key:?} {envelope:x?}", envelope = key.envelope).into_bytes(),
        format!("{kek:?} {wrapped:x?}", wrapped = kek.wrapped).into_bytes(),
        serde_json::to_vec(key).unwrap(),
        serde_json::to_vec(kek).unwrap(),
        format!("{signature:?} {:?}", house.address).into_bytes(),
    ];
    for refused in house.refusals().await {
        shown.push(format!("{refused:?} {refused}").into_bytes());
    }
    // The envelope's own bytes are hexadecimal: what they decode to is looked through as well.
    let needles = Needles::of(marked.canaries());
    for bytes in shown {
        assert_eq!(
            needles.count_in(&bytes),
            0,
            "{}",
            String::from_utf8_lossy(&bytes)
        );
    }
}

/// Reads the memory of this very process after keys were made and used.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn no_plaintext_key_in_memory() {
    let seed = 12 << 32;
    // More than are drawn below, so that they can be looked for before they are.
    let needles = Needles::of((0..64).map(|at| Canary::new(seed + at)));
    let fragments = || search(std::process::id(), &needles).fragments;
    // The search finds a key that lies around, or finding none proves nothing.
    let mut leaked = vec![0u8; 32];
    Canary::new(seed).write_into(&mut leaked);
    assert!(fragments() >= 25);
    leaked.fill(0);
    drop(std::hint::black_box(leaked));
    assert_eq!(fragments(), 0, "before");

    let marked = Marked::new(seed);
    let house = House::build(&marked).await;
    assert!((4..64).contains(&marked.drawn()));
    assert_eq!(fragments(), 0, "after making keys");
    for _ in 0..3 {
        house.sign().await.unwrap();
        assert_eq!(fragments(), 0, "after a signature");
    }
    house.refusals().await;
    assert_eq!(fragments(), 0, "after refusals");
}
