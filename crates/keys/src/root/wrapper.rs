//! The half of a local root that wraps: a public key.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use vaultpilot_core::{Entropy, KeyManagement};
use vaultpilot_ports::RootWrapper;
use vaultpilot_ports::keys::{KekContext, KeyError, RootHealth, RootSealed};
use vaultpilot_secret::{Secret, erase};

use super::public::PublicRoot;
use super::{RootError, RootId, mounted, seed};

/// Seals seeds of tenants to the house's own root. It holds nothing that opens one.
pub struct LocalRootWrapper {
    root: PublicRoot,
    entropy: Arc<dyn Entropy>,
}

impl LocalRootWrapper {
    pub(super) const fn new(root: PublicRoot, entropy: Arc<dyn Entropy>) -> Self {
        Self { root, entropy }
    }

    /// Opens what a cluster mounts: the public half of a root, or the root itself, of which it keeps
    /// the public half alone.
    ///
    /// # Errors
    /// When the file is missing, open to others or neither of the two.
    pub fn mounted(path: &Path, entropy: Arc<dyn Entropy>) -> Result<Self, RootError> {
        mounted::public(path).map(|root| Self::new(root, entropy))
    }

    /// The text of a file that holds this half and nothing else.
    pub fn public(&self) -> String {
        self.root.to_text()
    }

    /// Which root this wraps under.
    pub const fn root(&self) -> RootId {
        self.root.id
    }
}

#[async_trait]
impl RootWrapper for LocalRootWrapper {
    async fn wrap(
        &self,
        root: &KeyManagement,
        context: &KekContext,
        seed: &Secret,
    ) -> Result<RootSealed, KeyError> {
        seed::demand_local(root)?;
        erase::after(|| seed::seal(&self.root, context, seed, self.entropy.as_ref()))
    }

    async fn check(&self, root: &KeyManagement) -> Result<RootHealth, KeyError> {
        seed::demand_local(root)?;
        Ok(RootHealth {
            root: self.root.id.to_string(),
        })
    }
}
