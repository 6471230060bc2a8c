//! The half of a local root that unwraps, with the roots of before.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use vaultpilot_core::{Entropy, KeyManagement};
use vaultpilot_ports::RootUnwrapper;
use vaultpilot_ports::keys::{KekContext, KeyError, RootSealed};
use vaultpilot_secret::{Secret, erase};

use super::public::PublicRoot;
use super::{RootError, RootId, RootKey, seed};
use crate::cipher::NotOpened;

/// Opens seeds of tenants that are sealed to the house's own root, this one or one of before.
pub struct LocalRootUnwrapper {
    current: PublicRoot,
    /// The current one first.
    roots: Vec<RootKey>,
    entropy: Arc<dyn Entropy>,
}

impl LocalRootUnwrapper {
    pub fn new(current: RootKey, previous: Vec<RootKey>, entropy: Arc<dyn Entropy>) -> Self {
        let public = current.public_half();
        let roots = std::iter::once(current).chain(previous).collect();
        Self {
            current: public,
            roots,
            entropy,
        }
    }

    /// Opens the roots that a cluster mounts.
    ///
    /// # Errors
    /// When a file is missing, open to others or no root.
    pub fn mounted(
        current: &Path,
        previous: &[PathBuf],
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, RootError> {
        let previous = previous.iter().map(|path| RootKey::mounted(path));
        let previous = previous.collect::<Result<_, _>>()?;
        Ok(Self::new(RootKey::mounted(current)?, previous, entropy))
    }

    /// Which root seeds are wrapped by anew.
    pub const fn root(&self) -> RootId {
        self.current.id
    }

    /// What keys of version 1 are derived from.
    pub(crate) fn secret(&self, id: RootId) -> Option<&Secret> {
        let root = self.roots.iter().find(|root| root.id() == id)?;
        Some(root.secret())
    }

    /// To be called in `erase::after`.
    fn open(&self, context: &KekContext, sealed: &RootSealed) -> Result<Secret, NotOpened> {
        let id = sealed.root.parse().map_err(|_| NotOpened)?;
        let root = self.roots.iter().find(|root| root.id() == id);
        seed::open(
            id,
            &root.ok_or(NotOpened)?.seal_half(),
            context,
            &sealed.bytes,
        )
    }
}

#[async_trait]
impl RootUnwrapper for LocalRootUnwrapper {
    async fn unwrap(
        &self,
        root: &KeyManagement,
        context: &KekContext,
        sealed: &RootSealed,
    ) -> Result<Secret, KeyError> {
        seed::demand_local(root)?;
        erase::after(|| self.open(context, sealed)).map_err(|NotOpened| KeyError::NotUnwrapped)
    }

    async fn rewrap(
        &self,
        root: &KeyManagement,
        context: &KekContext,
        sealed: &RootSealed,
    ) -> Result<RootSealed, KeyError> {
        seed::demand_local(root)?;
        erase::after(|| {
            let seed = self
                .open(context, sealed)
                .map_err(|NotOpened| KeyError::NotUnwrapped)?;
            seed::seal(&self.current, context, &seed, self.entropy.as_ref())
        })
    }
}
