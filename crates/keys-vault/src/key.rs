//! A tenant's key of the transit engine.

use std::fmt;

use vaultpilot_core::KeyManagement;
use vaultpilot_ports::keys::KeyError;

use crate::path;

pub(crate) const PROVIDER: &str = "vault";

#[derive(Debug, Clone, Copy)]
pub(crate) struct Key<'a> {
    pub(crate) mount: &'a str,
    pub(crate) name: &'a str,
    /// As the tenant's record has it; whether it logs in depends on the method.
    pub(crate) role: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Encrypt,
    Decrypt,
    Rewrap,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Encrypt => "encrypt",
            Self::Decrypt => "decrypt",
            Self::Rewrap => "rewrap",
        })
    }
}

impl<'a> Key<'a> {
    pub(crate) fn of(root: &'a KeyManagement) -> Result<Self, KeyError> {
        let KeyManagement::Vault { mount, key, role } = root else {
            return Err(KeyError::Provider {
                expected: PROVIDER.to_owned(),
                found: root.provider().to_owned(),
            });
        };
        let unusable = |what: &str, why: path::PathError| KeyError::Unsupported {
            what: format!("{what} of the tenant's key at vault: {why}"),
        };
        Ok(Self {
            mount: path::segments(mount).map_err(|why| unusable("mount", why))?,
            name: path::segment(key).map_err(|why| unusable("name", why))?,
            role,
        })
    }

    pub(crate) fn path(&self, action: Action) -> String {
        let Self { mount, name, .. } = self;
        format!("{mount}/{action}/{name}")
    }

    /// Where Vault tells what kind of key it is, to whom may read it.
    pub(crate) fn about(&self) -> String {
        let Self { mount, name, .. } = self;
        format!("{mount}/keys/{name}")
    }

    pub(crate) fn shown(&self) -> String {
        let Self { mount, name, .. } = self;
        format!("key {name} of the transit engine at {mount}")
    }
}

#[cfg(test)]
mod tests;
