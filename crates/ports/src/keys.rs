//! Keys: made and wrapped by one side, unwrapped for one signature by the other.
//!
//! A root (a local one, Vault, AWS KMS) wraps the key-encryption keys of tenants. A tenant's
//! key-encryption key is a seed with a public half: whoever has only that half can wrap the data key
//! of a wallet under it, and unwrap nothing. A data key wraps one private key.

mod custodian;
mod error;
mod external;
mod kek;
mod root;

use alloy_primitives::{Address, B256, U256};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use vaultpilot_core::{KeyManagement, TenantId, TenantName, WalletId};

pub use custodian::{Custodian, Export, SealedKey};
pub use error::KeyError;
pub use external::ExternalKeys;
pub use kek::{KekContext, TenantKek};
pub use root::{RootHealth, RootSealed, RootUnwrapper, RootWrapper};

/// What a wrapped key is bound to. Unwrapping under another context fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyContext {
    pub tenant: TenantId,
    pub wallet: WalletId,
    pub version: u32,
}

/// A key at rest: ciphertext only, or the name of a key that lives elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrappedKey {
    /// What unwraps or signs: `local`, `vault`, `aws-kms`, or `aws-kms-key` for a key that never
    /// leaves AWS KMS.
    pub provider: String,
    pub version: u32,
    /// Grows when the same key is wrapped anew; the newest one counts.
    pub generation: u32,
    /// The version of the tenant's key-encryption key this is under; `None` for a key that lives
    /// elsewhere, and for one that was wrapped before tenants had keys of their own.
    pub kek: Option<u32>,
    /// The envelope, in the provider's own versioned form.
    pub envelope: Vec<u8>,
}

impl WrappedKey {
    /// Whether the key lives elsewhere and stays there: nothing of it is wrapped here.
    pub fn is_external(&self) -> bool {
        self.kek.is_none() && self.provider != "local"
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    pub r: U256,
    /// In the lower half of the order (EIP-2).
    pub s: U256,
    pub y_parity: bool,
}

/// Makes keys. Contract: the plaintext never leaves the call; two calls never give one key; nothing
/// here unwraps.
#[async_trait]
pub trait KeyWrapper: Send + Sync {
    /// A new key-encryption key, wrapped by this root.
    async fn kek(&self, root: &KeyManagement, context: KekContext) -> Result<TenantKek, KeyError>;

    /// A new wallet key under this key-encryption key. Contract: one whose public halves somebody
    /// else exchanged is refused with `KekForged`.
    async fn generate(
        &self,
        context: KeyContext,
        kek: &TenantKek,
    ) -> Result<(Address, WrappedKey), KeyError>;

    /// Whether the house made this key-encryption key, for this tenant, with these public halves.
    /// Asks nobody. Contract: `KekForged` when it did not.
    fn admit(&self, tenant: TenantId, kek: &TenantKek) -> Result<(), KeyError>;

    /// Says that the deciding side wants this done for the tenant: the signing side believes the
    /// database nothing that comes without it. Asks nobody.
    fn vouch(&self, tenant: TenantId, what: &[u8]) -> [u8; 32];

    /// A wallet key that lives elsewhere and stays there. Contract: only one that says of itself
    /// that it is this tenant's.
    async fn adopt(
        &self,
        context: KeyContext,
        tenant: &TenantName,
        id: &str,
    ) -> Result<(Address, WrappedKey), KeyError>;
}

/// Signs with a wrapped key. Held by the executor only. Contract: the plaintext exists for the
/// signature and is erased; a key that is another address's signs nothing.
#[async_trait]
pub trait Signer: Send + Sync {
    /// `kek` is the one that `key.kek` names.
    async fn sign(
        &self,
        context: KeyContext,
        key: &WrappedKey,
        kek: Option<&TenantKek>,
        address: Address,
        hash: B256,
    ) -> Result<Signature, KeyError>;
}
