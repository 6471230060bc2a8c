//! A tenant's key-encryption key: a seed, and the two pairs that are made of it.

mod mac;

use vaultpilot_ports::keys::TenantKek;
use vaultpilot_secret::Secret;

use crate::cipher::NotOpened;
use crate::{derive, hybrid};

pub use mac::KekMac;

const SEALS: &[u8] = b"vaultpilot/keys/v2/kek-seals";
const IMPORTS: &[u8] = b"vaultpilot/keys/v2/kek-imports";

/// The private halves. The seed itself is not kept: nothing else is made of it.
pub(crate) struct OpenKek {
    /// Opens data keys.
    pub(crate) seals: Secret,
    /// Opens what was sealed to be imported.
    pub(crate) imports: Secret,
}

/// The public halves, as a row shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Publics {
    pub(crate) seals: [u8; hybrid::PUBLIC],
    pub(crate) imports: [u8; hybrid::PUBLIC],
}

impl OpenKek {
    pub(crate) fn of(seed: &Secret) -> Self {
        Self {
            seals: derive::expand(seed, SEALS),
            imports: derive::expand(seed, IMPORTS),
        }
    }

    pub(crate) fn publics(&self) -> Result<Publics, NotOpened> {
        Ok(Publics {
            seals: hybrid::public(&self.seals)?,
            imports: hybrid::public(&self.imports)?,
        })
    }
}

impl From<&TenantKek> for Publics {
    fn from(kek: &TenantKek) -> Self {
        Self {
            seals: kek.seals,
            imports: kek.imports,
        }
    }
}

#[cfg(test)]
mod tests;
