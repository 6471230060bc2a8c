//! Which root of which provider this process can reach.

use std::sync::Arc;

use vaultpilot_core::KeyManagement;
use vaultpilot_ports::keys::KeyError;

/// `R` is `dyn RootWrapper` where keys are wrapped, `dyn RootUnwrapper` where they are unwrapped.
pub struct Roots<R: ?Sized> {
    pub local: Option<Arc<R>>,
    pub vault: Option<Arc<R>>,
    pub aws_kms: Option<Arc<R>>,
}

impl<R: ?Sized> Roots<R> {
    /// Only the house's own root.
    pub const fn local(root: Arc<R>) -> Self {
        Self {
            local: Some(root),
            vault: None,
            aws_kms: None,
        }
    }

    /// # Errors
    /// `NotConfigured` when nobody told this process how to reach it.
    pub(crate) fn of(&self, management: &KeyManagement) -> Result<&Arc<R>, KeyError> {
        let root = match management {
            KeyManagement::Local => &self.local,
            KeyManagement::Vault { .. } => &self.vault,
            KeyManagement::AwsKms { .. } => &self.aws_kms,
        };
        root.as_ref().ok_or(KeyError::NotConfigured {
            provider: management.provider(),
        })
    }
}
