#![doc = include_str!("../README.md")]

mod cipher;
mod derive;
mod draw;
mod envelope;
mod external;
mod harden;
mod hybrid;
mod kek;
mod keyring;
pub mod material;
mod private_key;
mod root;
mod roots;
mod wrapper;

pub use harden::{HardenError, harden_process};
pub use kek::KekMac;
pub use keyring::{Holding, Keyring, KeyringParts};
pub use root::{
    Cost, LocalRootUnwrapper, LocalRootWrapper, Lock, RootError, RootId, RootIdError, RootKey,
};
pub use roots::Roots;
pub use vaultpilot_secret::{Protection, protection};
pub use wrapper::{Wrapper, WrapperParts};

/// What `WrappedKey::provider` says of keys that never leave AWS KMS.
pub const EXTERNAL: &str = "aws-kms-key";

#[cfg(test)]
mod tests;
