//! Roots: what wraps the key-encryption keys of tenants.

use async_trait::async_trait;
use vaultpilot_core::KeyManagement;
use vaultpilot_secret::Secret;

use super::{KekContext, KeyError};

/// What a root made of a seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootSealed {
    /// Which key of the provider, and which version of that, as the provider names them; never
    /// secret. The same text means: nothing to rotate.
    pub root: String,
    pub bytes: Vec<u8>,
}

/// How a root is, for doctors and readiness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootHealth {
    /// What a new seed would be wrapped by.
    pub root: String,
}

/// Wraps. Held by the deciding side, and by the executor.
#[async_trait]
pub trait RootWrapper: Send + Sync {
    async fn wrap(
        &self,
        root: &KeyManagement,
        context: &KekContext,
        seed: &Secret,
    ) -> Result<RootSealed, KeyError>;

    /// Whether it could wrap now.
    async fn check(&self, root: &KeyManagement) -> Result<RootHealth, KeyError>;
}

/// Unwraps. Held by the executor only. Contract: another context unwraps nothing.
#[async_trait]
pub trait RootUnwrapper: Send + Sync {
    async fn unwrap(
        &self,
        root: &KeyManagement,
        context: &KekContext,
        sealed: &RootSealed,
    ) -> Result<Secret, KeyError>;

    /// The same seed under the root's newest version; inside the provider, where it can.
    async fn rewrap(
        &self,
        root: &KeyManagement,
        context: &KekContext,
        sealed: &RootSealed,
    ) -> Result<RootSealed, KeyError>;
}
