//! Keys that live elsewhere and never leave it.

use alloy_primitives::Address;
use async_trait::async_trait;
use vaultpilot_core::TenantName;

use super::{KeyContext, KeyError, WrappedKey};

/// Takes note of a key that lives elsewhere. Held by the deciding side: it reads the public key and
/// signs nothing.
#[async_trait]
pub trait ExternalKeys: Send + Sync {
    /// The provider of the keys it gives, as in `WrappedKey::provider`.
    fn provider(&self) -> &'static str;

    /// Contract: only a key for signatures over secp256k1 that says of itself, at its provider, that
    /// it is this tenant's.
    async fn adopt(
        &self,
        context: KeyContext,
        tenant: &TenantName,
        id: &str,
    ) -> Result<(Address, WrappedKey), KeyError>;
}
