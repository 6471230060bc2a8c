#![doc = include_str!("../README.md")]

mod cipher;
mod derive;
mod envelope;
mod harden;
mod private_key;
mod root;
mod signer;
mod wrapper;

pub use harden::{HardenError, harden_process};
pub use root::{Cost, Lock, RootError, RootId, RootIdError, RootKey};
pub use signer::LocalSigner;
pub use wrapper::LocalWrapper;

/// What `WrappedKey::provider` says of keys wrapped here.
pub const PROVIDER: &str = "local";

#[cfg(test)]
mod tests;
