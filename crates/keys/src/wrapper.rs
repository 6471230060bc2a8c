//! The deciding side: makes keys and wraps them. Nothing here unwraps.

use std::sync::Arc;

use async_trait::async_trait;
use vaultpilot_core::{Address, Clock, Entropy, KeyManagement, TenantId, TenantName};
use vaultpilot_ports::RootWrapper;
use vaultpilot_ports::keys::{
    ExternalKeys, KekContext, KeyContext, KeyError, KeyWrapper, TenantKek, WrappedKey,
};
use vaultpilot_secret::{Secret, erase};

use crate::envelope::{Dek, Envelope, Key};
use crate::kek::{OpenKek, Publics};
use crate::{EXTERNAL, KekMac, Roots, external, private_key};

/// What the wrapping side is made of. No part of it can unwrap anything.
pub struct WrapperParts {
    pub roots: Roots<dyn RootWrapper>,
    /// Takes note of keys that never leave their provider.
    pub external: Option<Arc<dyn ExternalKeys>>,
    pub mac: KekMac,
    pub entropy: Arc<dyn Entropy>,
    pub clock: Arc<dyn Clock>,
}

/// Makes key-encryption keys of tenants and keys of wallets, and wraps them.
pub struct Wrapper(WrapperParts);

impl Wrapper {
    pub const fn new(parts: WrapperParts) -> Self {
        Self(parts)
    }
}

#[async_trait]
impl KeyWrapper for Wrapper {
    async fn kek(&self, root: &KeyManagement, context: KekContext) -> Result<TenantKek, KeyError> {
        let wrapper = self.0.roots.of(root)?;
        let (seed, publics) = erase::after(|| {
            let mut seed = Secret::empty();
            self.0.entropy.fill(seed.bytes_mut());
            let publics = OpenKek::of(&seed).publics();
            publics.map(|publics| (seed, publics))
        })
        .map_err(|_| KeyError::NotUnwrapped)?;
        let sealed = wrapper.wrap(root, &context, &seed).await?;
        let Publics { seals, imports } = publics;
        let mut kek = TenantKek {
            version: context.version,
            generation: 1,
            management: root.clone(),
            root: sealed.root,
            wrapped: sealed.bytes,
            seals,
            imports,
            mac: [0; 32],
            created_at: self.0.clock.now(),
        };
        kek.mac = self.0.mac.over(context.tenant, &kek);
        Ok(kek)
    }

    async fn generate(
        &self,
        context: KeyContext,
        kek: &TenantKek,
    ) -> Result<(Address, WrappedKey), KeyError> {
        self.0.mac.admit(context.tenant, kek)?;
        let entropy = self.0.entropy.as_ref();
        erase::after(|| {
            let (secret, address) =
                private_key::generate(entropy).map_err(|_| KeyError::Unavailable {
                    detail: "the source of randomness is broken".to_owned(),
                })?;
            let key = wrap(&context, kek, address, &secret, entropy)?;
            Ok((address, key))
        })
    }

    fn admit(&self, tenant: TenantId, kek: &TenantKek) -> Result<(), KeyError> {
        self.0.mac.admit(tenant, kek)
    }

    fn vouch(&self, tenant: TenantId, what: &[u8]) -> [u8; 32] {
        self.0.mac.vouch(tenant, what)
    }

    async fn adopt(
        &self,
        context: KeyContext,
        tenant: &TenantName,
        id: &str,
    ) -> Result<(Address, WrappedKey), KeyError> {
        let provider = self.0.external.as_ref();
        let provider = provider.ok_or(KeyError::NotConfigured { provider: EXTERNAL })?;
        let (address, key) = provider.adopt(context, tenant, id).await?;
        let envelope = external::vouched(&self.0.mac, &context, key.envelope);
        Ok((address, WrappedKey { envelope, ..key }))
    }
}

/// Wraps a private key for a wallet: under a data key of its own, and that under a key-encryption key
/// that was admitted before. To be called in `erase::after`.
pub(crate) fn wrap(
    context: &KeyContext,
    kek: &TenantKek,
    address: Address,
    secret: &Secret,
    entropy: &dyn Entropy,
) -> Result<WrappedKey, KeyError> {
    let mut dek = Secret::empty();
    entropy.fill(dek.bytes_mut());
    let envelope = Envelope {
        dek: Dek::seal(context, kek.version, &kek.seals, &dek, entropy)
            .map_err(|_| KeyError::KekForged)?,
        key: Key::seal(context, address, &dek, secret, entropy),
    };
    Ok(WrappedKey {
        provider: kek.management.provider().to_owned(),
        version: context.version,
        generation: 1,
        kek: Some(kek.version),
        envelope: envelope.to_bytes(),
    })
}
