#![doc = include_str!("../README.md")]

mod arn;
mod endpoint;
mod error;
mod fault;
mod kms;
mod native;
mod options;
mod root;

pub use error::KmsError;
pub use kms::Kms;
pub use native::{KmsKeys, KmsSigner};
pub use options::{KmsCredentials, KmsOptions};
pub use root::{KmsUnwrapper, KmsWrapper};

/// Roots of this provider, as in `KeyManagement::provider`.
pub const ROOT_PROVIDER: &str = "aws-kms";

/// Wallet keys of this provider, as in `WrappedKey::provider`.
pub const KEY_PROVIDER: &str = "aws-kms-key";

/// The tag by which a KMS key says which tenant's wallet key it is: the tenant's name.
pub const TENANT_TAG: &str = "vaultpilot-tenant";
