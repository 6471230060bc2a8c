//! Wallet keys that never leave KMS.

mod envelope;
mod keys;
mod pace;
mod public_key;
mod signature;
mod signer;

pub use keys::KmsKeys;
pub(crate) use pace::Pace;
pub use signer::KmsSigner;
