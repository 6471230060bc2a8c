//! The context of a call: who stands behind it, sealed so that the pod that carries it can neither
//! make nor change one.
//!
//! A pod shows an agent's credential once and is given a context for it: a minute later it must ask
//! again. The context is bound to the tenant and to the namespace it was made for, so it is worth
//! nothing anywhere else. It hides nothing (the pod is told the same in the open), so it is signed
//! and not encrypted. Every replica has the same key.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use vaultpilot_core::{Caller, Duration, TenantId, Timestamp, clock};
use zeroize::Zeroizing;

/// How long a context is good.
pub const LIFETIME: Duration = Duration::from_mins(1);

const VERSION: u8 = 1;
const TAG: usize = 32;
/// Far above any context of ours.
const MAX_BYTES: usize = 4096;
const DOMAIN: &[u8] = b"vaultpilot/context/v1";

/// Makes contexts, and tells its own from others.
pub struct Seal(Zeroizing<[u8; 32]>);

/// What is inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    pub caller: Caller,
    pub namespace: String,
    pub made_at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContextRefused {
    /// It was good once, or its key was exchanged: authenticating again helps.
    #[error("call context is over")]
    Over,
    /// It was made for somebody else. Nobody makes this mistake by accident.
    #[error("call context belongs to another workload")]
    NotYours,
}

impl Seal {
    pub fn new(key: [u8; 32]) -> Self {
        Self(Zeroizing::new(key))
    }

    /// A context for the caller, for pods of this namespace.
    pub fn seal(&self, caller: Caller, namespace: &str, now: Timestamp) -> (Vec<u8>, Sealed) {
        let sealed = Sealed {
            caller,
            namespace: namespace.to_owned(),
            made_at: now,
            expires_at: clock::after(now, LIFETIME),
        };
        // A caller is names, numbers and an address: it always serialises.
        let text = serde_json::to_vec(&sealed).unwrap_or_default();
        let mut context = Vec::with_capacity(1 + TAG + text.len());
        context.push(VERSION);
        context.extend_from_slice(&self.mac(&text).finalize().into_bytes());
        context.extend_from_slice(&text);
        (context, sealed)
    }

    /// Opens a context that a pod of this tenant and namespace shows, whatever its age.
    ///
    /// # Errors
    /// `Over` when it is not one of ours, `NotYours` when it was made for somebody else.
    pub fn open(
        &self,
        context: &[u8],
        tenant: TenantId,
        namespace: &str,
    ) -> Result<Sealed, ContextRefused> {
        if context.len() > MAX_BYTES {
            return Err(ContextRefused::Over);
        }
        let (head, text) = context
            .split_at_checked(1 + TAG)
            .ok_or(ContextRefused::Over)?;
        let Some((&VERSION, tag)) = head.split_first() else {
            return Err(ContextRefused::Over);
        };
        // Compared in constant time.
        self.mac(text)
            .verify_slice(tag)
            .map_err(|_| ContextRefused::Over)?;
        let sealed: Sealed = serde_json::from_slice(text).map_err(|_| ContextRefused::Over)?;
        if sealed.caller.tenant != tenant || sealed.namespace != namespace {
            return Err(ContextRefused::NotYours);
        }
        Ok(sealed)
    }

    fn mac(&self, text: &[u8]) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0[..]).expect("HMAC takes any key");
        mac.update(DOMAIN);
        mac.update(&[VERSION]);
        mac.update(text);
        mac
    }
}

impl Sealed {
    /// Whether it may still be shown at this time. One from the future is none: no clock of ours
    /// goes ahead so far.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.expires_at > now && self.made_at <= clock::after(now, LIFETIME)
    }
}

#[cfg(test)]
mod tests;
