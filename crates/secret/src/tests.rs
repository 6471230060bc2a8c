//! What must not compile, checked where it would be noticed.

use crate::Secret;

/// Fails to compile when the type has the trait: two blanket rules apply then and neither is chosen.
macro_rules! never {
    ($type:ty: $($trait:path),*) => {$({
        trait Ambiguous<Mark> {
            fn is() {}
        }
        struct Has;
        impl<T: ?Sized> Ambiguous<()> for T {}
        impl<T: ?Sized + $trait> Ambiguous<Has> for T {}
        <$type as Ambiguous<_>>::is();
    })*};
}

#[test]
fn a_secret_cannot_be_shown_or_copied() {
    never!(Secret: std::fmt::Debug, std::fmt::Display, std::fmt::LowerHex, Clone, Default);
    never!(Secret: serde::Serialize, serde::de::DeserializeOwned);
    never!(Secret: AsRef<[u8]>, AsRef<[u8; 32]>, std::ops::Deref, std::borrow::Borrow<[u8]>);
    // Comparing takes a time that tells where the difference is.
    never!(Secret: PartialEq, PartialOrd, std::hash::Hash);
}

#[test]
fn threads_share_and_hand_over_secrets() {
    fn is<T: Send + Sync>() {}
    is::<Secret>();
    std::thread::scope(|scope| {
        for number in 0..4u8 {
            scope.spawn(move || {
                for _ in 0..200 {
                    let mut kept: Vec<Secret> = (0..50).map(|_| Secret::empty()).collect();
                    for secret in &mut kept {
                        assert_eq!(secret.bytes(), &[0; Secret::LEN]);
                        secret.bytes_mut().fill(number + 1);
                    }
                    for secret in kept {
                        assert_eq!(secret.bytes(), &[number + 1; Secret::LEN]);
                    }
                }
            });
        }
    });
}
