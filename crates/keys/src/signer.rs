//! The signing side: unwraps for one signature.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use vaultpilot_core::{Address, B256};
use vaultpilot_ports::keys::{KeyContext, KeyError, Signature, Signer, TenantKek, WrappedKey};

use crate::cipher::NotOpened;
use crate::envelope::{Envelope, dek_aad, key_aad};
use crate::{PROVIDER, RootError, RootId, RootKey, cipher, derive, private_key};
use vaultpilot_secret::Secret;
use vaultpilot_secret::erase;

/// Signs with keys that are wrapped under a local root. For the executor only.
pub struct LocalSigner {
    id: RootId,
    root: Arc<Secret>,
}

impl LocalSigner {
    pub(crate) const fn new(id: RootId, root: Arc<Secret>) -> Self {
        Self { id, root }
    }

    /// Opens the root that a cluster mounts, and keeps of it the half that unwraps.
    ///
    /// # Errors
    /// When the file is missing, open to others or no root.
    pub fn mounted(path: &Path) -> Result<Self, RootError> {
        RootKey::mounted(path).map(|root| root.signer())
    }

    fn unwrap(&self, context: &KeyContext, envelope: &Envelope) -> Result<Secret, NotOpened> {
        let kek = derive::tenant_kek(&self.root, context.tenant);
        let dek = cipher::open(&kek, &dek_aad(context), &envelope.dek)?;
        cipher::open(&dek, &key_aad(context, envelope.address), &envelope.key)
    }

    fn sign_once(
        &self,
        context: &KeyContext,
        envelope: &Envelope,
        address: Address,
        hash: B256,
    ) -> Result<Signature, KeyError> {
        let secret = self
            .unwrap(context, envelope)
            .map_err(|NotOpened| KeyError::NotUnwrapped)?;
        let derived = private_key::address(&secret).ok_or(KeyError::NotUnwrapped)?;
        // The envelope's word is not enough: the address is derived again before anything is signed.
        if derived != address {
            return Err(KeyError::WrongAddress);
        }
        private_key::sign(&secret, hash).ok_or(KeyError::NotUnwrapped)
    }
}

#[async_trait]
impl Signer for LocalSigner {
    async fn sign(
        &self,
        context: KeyContext,
        key: &WrappedKey,
        _kek: Option<&TenantKek>,
        address: Address,
        hash: B256,
    ) -> Result<Signature, KeyError> {
        if key.provider != PROVIDER {
            return Err(KeyError::Provider {
                expected: PROVIDER.to_owned(),
                found: key.provider.clone(),
            });
        }
        let envelope = Envelope::from_bytes(&key.envelope)?;
        if envelope.root != self.id || key.version != context.version {
            return Err(KeyError::NotUnwrapped);
        }
        // Unwraps first: who asks in a wrong context learns nothing about the address either.
        erase::after(|| self.sign_once(&context, &envelope, address, hash))
    }
}
