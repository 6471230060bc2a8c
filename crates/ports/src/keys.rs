//! Wallet keys: made and wrapped by one side, unwrapped for one signature by the other.

use alloy_primitives::{Address, B256, U256};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use vaultpilot_core::{TenantId, WalletId};

/// What a wrapped key is bound to. Unwrapping under another context fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyContext {
    pub tenant: TenantId,
    pub wallet: WalletId,
    pub version: u32,
}

/// A key at rest: ciphertext only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrappedKey {
    /// Which root wraps it: `local`, `vault`, `aws-kms`.
    pub provider: String,
    pub version: u32,
    /// The envelope, in the provider's own versioned form.
    pub envelope: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    pub r: U256,
    /// In the lower half of the order (EIP-2).
    pub s: U256,
    pub y_parity: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Wrong context, wrong root or altered bytes: they cannot be told apart, and need not be.
    #[error("key cannot be unwrapped")]
    NotUnwrapped,
    #[error("key is wrapped by {found}, this process unwraps {expected}")]
    Provider {
        expected: &'static str,
        found: String,
    },
    #[error("key belongs to another address")]
    WrongAddress,
    /// Sealed, throttled, unreachable. Worth a retry.
    #[error("key provider is unavailable")]
    Unavailable { detail: String },
    #[error("key envelope is unreadable")]
    Envelope,
}

/// Makes wallet keys. Contract: the plaintext never leaves the call; two calls never give one key.
#[async_trait]
pub trait KeyWrapper: Send + Sync {
    async fn generate(&self, context: KeyContext) -> Result<(Address, WrappedKey), KeyError>;
}

/// Signs with a wrapped key. Held by the executor only. Contract: the plaintext exists for the
/// signature and is erased; the address is re-derived and must match before anything is signed.
#[async_trait]
pub trait Signer: Send + Sync {
    async fn sign(
        &self,
        context: KeyContext,
        key: &WrappedKey,
        address: Address,
        hash: B256,
    ) -> Result<Signature, KeyError>;
}
