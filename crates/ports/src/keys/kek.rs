//! A tenant's key-encryption key.

use serde::{Deserialize, Serialize};
use vaultpilot_core::{KeyManagement, TenantId, Timestamp};

/// What a key-encryption key is bound to, at its root too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KekContext {
    pub tenant: TenantId,
    pub version: u32,
}

/// A tenant's key-encryption key at rest: a seed of 32 bytes wrapped by a root, and the public halves
/// that are made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantKek {
    /// From 1; another version is another key.
    pub version: u32,
    /// Grows when the root wraps the same key anew; the newest one counts.
    pub generation: u32,
    /// What wraps it: the tenant's choice when it was made.
    pub management: KeyManagement,
    /// Which key of the provider wrapped it, and which version of that, as the provider names them.
    pub root: String,
    /// The seed, wrapped.
    pub wrapped: Vec<u8>,
    /// X25519: what data keys are sealed to (RFC 9180).
    pub seals: [u8; 32],
    /// X25519: the age recipient that keys to be imported are sealed to.
    pub imports: [u8; 32],
    /// Says that whoever made the key made these public halves too.
    pub mac: [u8; 32],
    pub created_at: Timestamp,
}
