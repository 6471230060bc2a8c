//! What else is done with keys where they may be unwrapped: import, export, wrapping anew.

use alloy_primitives::Address;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use vaultpilot_core::TenantId;

use super::{KekContext, KeyContext, KeyError, TenantKek, WrappedKey};

/// A private key sealed to a tenant's import recipient: an age file, armoured (PEM-like text).
/// Inside: the key as 64 hexadecimal digits, `0x` before them or not, white space around them or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealedKey(pub String);

/// For whom a key is exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case")]
pub enum Export {
    /// Sealed to an age recipient (`age1…`): an armoured age file with 0x-hex digits in it.
    Age { recipient: String },
    /// A V3 keystore. Its password comes sealed to the tenant's import recipient, as an armoured age
    /// file.
    Keystore {
        password: String,
        /// The version of the key-encryption key that it is sealed for; 0 where nobody said.
        #[serde(default)]
        kek: u32,
    },
}

/// Held by the executor only.
#[async_trait]
pub trait Custodian: Send + Sync {
    /// Opens a sealed key and wraps it for a wallet. `opens` is the key-encryption key it was sealed
    /// for, `wraps` the one in force.
    async fn import(
        &self,
        context: KeyContext,
        sealed: &SealedKey,
        opens: &TenantKek,
        wraps: &TenantKek,
    ) -> Result<(Address, WrappedKey), KeyError>;

    /// The key in the form that was asked for. Contract: nobody but the one it is for can open it.
    async fn export(
        &self,
        context: KeyContext,
        key: &WrappedKey,
        kek: Option<&TenantKek>,
        address: Address,
        export: &Export,
        imports: &TenantKek,
    ) -> Result<String, KeyError>;

    /// The same private key, its data key sealed to another key-encryption key; the generation is one
    /// higher. Contract: no private key is opened.
    async fn rewrap(
        &self,
        context: KeyContext,
        key: &WrappedKey,
        from: Option<&TenantKek>,
        to: &TenantKek,
    ) -> Result<WrappedKey, KeyError>;

    /// Whether the root still opens this key-encryption key, and it is the one its row shows. To be
    /// asked before an older wrapping is purged. Contract: `KekForged` when the house did not make it.
    async fn opens(&self, tenant: TenantId, kek: &TenantKek) -> Result<(), KeyError>;

    /// Whether the deciding side said this with `KeyWrapper::vouch`. Asks nobody. Contract:
    /// `NotVouched` when it did not, for this tenant and these very bytes.
    fn vouched(&self, tenant: TenantId, what: &[u8], mac: &[u8; 32]) -> Result<(), KeyError>;

    /// The same key-encryption key under the root's newest version, the generation one higher;
    /// `None` when it is already.
    async fn rewrap_kek(
        &self,
        context: KekContext,
        kek: &TenantKek,
    ) -> Result<Option<TenantKek>, KeyError>;
}
