//! A wrapped key as bytes: JSON that names its version and its algorithms.
//!
//! There is one spelling of every envelope: bytes that read the same but are written otherwise are
//! refused, so no bit of it is free.

pub(crate) mod bound;
mod first;
mod part;
mod second;

use serde::Serialize;
use vaultpilot_core::{Address, Entropy};
use vaultpilot_ports::keys::{KeyContext, KeyError};
use vaultpilot_secret::Secret;

use crate::cipher::{self, NotOpened, Sealed};
use crate::hybrid::{self, NotSealed};
use crate::{RootId, derive};

const CURVE: &str = "secp256k1";

/// Far above any envelope.
const MAX_BYTES: usize = 4096;

/// What is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) dek: Dek,
    pub(crate) key: Key,
}

/// A data key, and what opens it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dek {
    /// Version 1: a key that is derived from this root.
    Root { root: RootId, sealed: Sealed },
    /// Version 2: the tenant's key of this version.
    Kek {
        version: u32,
        sealed: hybrid::Sealed,
    },
}

/// A private key under its data key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    /// The version of the envelope it was made for: what it is bound to names it.
    made: u32,
    pub(crate) address: Address,
    sealed: Sealed,
}

impl Envelope {
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        match self.dek {
            Dek::Root { root, sealed } => print(&first::Form::of(root, sealed, &self.key)),
            Dek::Kek { version, sealed } => print(&second::Form::of(version, sealed, &self.key)),
        }
    }

    /// # Errors
    /// When these are not the bytes of an envelope.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let envelope = Self::read(bytes).ok_or(KeyError::Envelope)?;
        if envelope.to_bytes() == bytes {
            Ok(envelope)
        } else {
            Err(KeyError::Envelope)
        }
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > MAX_BYTES {
            return None;
        }
        match serde_json::from_slice::<second::Form>(bytes) {
            Ok(form) => form.read(),
            Err(_) => serde_json::from_slice::<first::Form>(bytes).ok()?.read(),
        }
    }
}

fn print(form: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(form).expect("text and integers always serialise")
}

impl Dek {
    /// Seals a data key to a tenant's key.
    pub(crate) fn seal(
        context: &KeyContext,
        kek: u32,
        public: &[u8; hybrid::PUBLIC],
        dek: &Secret,
        entropy: &dyn Entropy,
    ) -> Result<Self, NotSealed> {
        let aad = bound::dek(context, kek);
        let sealed = hybrid::seal(public, bound::DEK_INFO, &aad, dek, entropy)?;
        Ok(Self::Kek {
            version: kek,
            sealed,
        })
    }
}

/// Opens a data key of version 2.
pub(crate) fn open_dek(
    context: &KeyContext,
    kek: u32,
    private: &Secret,
    sealed: &hybrid::Sealed,
) -> Result<Secret, NotOpened> {
    hybrid::open(private, bound::DEK_INFO, &bound::dek(context, kek), sealed)
}

/// Opens a data key of version 1.
pub(crate) fn open_first_dek(
    context: &KeyContext,
    root: &Secret,
    sealed: &Sealed,
) -> Result<Secret, NotOpened> {
    let kek = derive::tenant_kek(root, context.tenant);
    cipher::open(&kek, &bound::first_dek(context), sealed)
}

impl Key {
    pub(crate) fn seal(
        context: &KeyContext,
        address: Address,
        dek: &Secret,
        secret: &Secret,
        entropy: &dyn Entropy,
    ) -> Self {
        let made = second::VERSION;
        let aad = bound::key(made, context, address);
        Self {
            made,
            address,
            sealed: cipher::seal(dek, &aad, secret, entropy),
        }
    }

    pub(crate) fn open(&self, context: &KeyContext, dek: &Secret) -> Result<Secret, NotOpened> {
        let aad = bound::key(self.made, context, self.address);
        cipher::open(dek, &aad, &self.sealed)
    }
}

#[cfg(test)]
mod tests;
