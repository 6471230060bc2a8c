//! One signature.

use async_trait::async_trait;
use vaultpilot_core::{Address, B256};
use vaultpilot_ports::keys::{KeyContext, KeyError, Signature, Signer, TenantKek, WrappedKey};
use vaultpilot_secret::erase;

use super::Keyring;
use crate::{EXTERNAL, external, private_key};

#[async_trait]
impl Signer for Keyring {
    async fn sign(
        &self,
        context: KeyContext,
        key: &WrappedKey,
        kek: Option<&TenantKek>,
        address: Address,
        hash: B256,
    ) -> Result<Signature, KeyError> {
        if key.provider == EXTERNAL {
            let signer = self.parts.external.as_ref();
            let signer = signer.ok_or(KeyError::NotConfigured { provider: EXTERNAL })?;
            let envelope = external::read(&self.parts.mac, &context, &key.envelope)?;
            let theirs = WrappedKey {
                envelope,
                ..key.clone()
            };
            return signer.sign(context, &theirs, kek, address, hash).await;
        }
        let held = self.held_dek(context, key, kek).await?;
        // Asked only now: who comes in a wrong context learns nothing about the address either.
        if held.key.address != address {
            return Err(KeyError::WrongAddress);
        }
        erase::after(|| {
            let secret = held.open()?;
            private_key::sign(&secret, hash).ok_or(KeyError::NotUnwrapped)
        })
    }
}
