//! What must not compile, checked where it would be noticed.

use crate::{KekMac, Keyring, LocalRootUnwrapper, LocalRootWrapper, RootKey, Wrapper};
use vaultpilot_secret::Secret;

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

macro_rules! secret {
    ($($type:ty),*) => {$(
        never!($type: std::fmt::Debug, std::fmt::Display, Clone, serde::Serialize, AsRef<[u8]>);
    )*};
}

#[test]
fn secrets_cannot_be_shown_or_copied() {
    secret!(
        Secret,
        RootKey,
        KekMac,
        Wrapper,
        Keyring,
        LocalRootWrapper,
        LocalRootUnwrapper
    );
}

#[test]
fn the_deciding_side_cannot_sign() {
    never!(Wrapper: vaultpilot_ports::Signer, vaultpilot_ports::Custodian);
    never!(LocalRootWrapper: vaultpilot_ports::RootUnwrapper);
    never!(Keyring: vaultpilot_ports::KeyWrapper);
}
