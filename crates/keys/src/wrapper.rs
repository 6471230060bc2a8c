//! The deciding side: makes keys and wraps them. Nothing here unwraps.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use vaultpilot_core::{Address, Entropy, KeyManagement, TenantName};
use vaultpilot_ports::keys::{KekContext, KeyContext, KeyError, KeyWrapper, TenantKek, WrappedKey};

use crate::envelope::{Envelope, dek_aad, key_aad};
use crate::{PROVIDER, RootError, RootId, RootKey, cipher, derive, private_key};
use vaultpilot_secret::Secret;
use vaultpilot_secret::erase;

/// Makes and wraps wallet keys under a local root.
pub struct LocalWrapper {
    id: RootId,
    root: Arc<Secret>,
    entropy: Arc<dyn Entropy>,
}

impl LocalWrapper {
    pub(crate) const fn new(id: RootId, root: Arc<Secret>, entropy: Arc<dyn Entropy>) -> Self {
        Self { id, root, entropy }
    }

    /// Opens the root that a cluster mounts, and keeps of it the half that wraps: whoever has only
    /// this has no way to a signer.
    ///
    /// # Errors
    /// When the file is missing, open to others or no root.
    pub fn mounted(path: &Path, entropy: Arc<dyn Entropy>) -> Result<Self, RootError> {
        RootKey::mounted(path).map(|root| root.wrapper(entropy))
    }

    /// Which root this wraps under.
    pub const fn root(&self) -> RootId {
        self.id
    }

    fn wrap(&self, context: &KeyContext) -> Result<(Address, Envelope), KeyError> {
        let entropy = self.entropy.as_ref();
        let (secret, address) =
            private_key::generate(entropy).map_err(|_| KeyError::Unavailable {
                detail: "the source of randomness is broken".to_owned(),
            })?;
        let mut dek = Secret::empty();
        entropy.fill(dek.bytes_mut());
        let kek = derive::tenant_kek(&self.root, context.tenant);
        let envelope = Envelope {
            root: self.id,
            address,
            dek: cipher::seal(&kek, &dek_aad(context), &dek, entropy),
            key: cipher::seal(&dek, &key_aad(context, address), &secret, entropy),
        };
        Ok((address, envelope))
    }
}

#[async_trait]
impl KeyWrapper for LocalWrapper {
    async fn kek(&self, _: &KeyManagement, _: KekContext) -> Result<TenantKek, KeyError> {
        Err(KeyError::Unsupported {
            what: "keys of tenants".to_owned(),
        })
    }

    async fn adopt(
        &self,
        _: KeyContext,
        _: &TenantName,
        _: &str,
    ) -> Result<(Address, WrappedKey), KeyError> {
        Err(KeyError::Unsupported {
            what: "keys that live elsewhere".to_owned(),
        })
    }

    async fn generate(
        &self,
        context: KeyContext,
        _: Option<&TenantKek>,
    ) -> Result<(Address, WrappedKey), KeyError> {
        let (address, envelope) = erase::after(|| self.wrap(&context))?;
        let provider = PROVIDER.to_owned();
        let key = WrappedKey {
            provider,
            version: context.version,
            generation: 1,
            kek: None,
            envelope: envelope.to_bytes(),
        };
        Ok((address, key))
    }
}
