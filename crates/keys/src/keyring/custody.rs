//! Import, export, wrapping anew.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use vaultpilot_core::{Address, TenantId};
use vaultpilot_ports::keys::{
    Custodian, Export, KekContext, KeyContext, KeyError, RootSealed, SealedKey, TenantKek,
    WrappedKey,
};
use vaultpilot_secret::erase;

use super::Keyring;
use super::open::Opened;
use crate::envelope::{Dek, Envelope};
use crate::material::keystore::{self, Cost};
use crate::material::{self, MaterialError, Opener, SealError};
use crate::{EXTERNAL, wrapper};

/// The fewest characters that a keystore's password has.
const MIN_PASSWORD: usize = 12;

#[async_trait]
impl Custodian for Keyring {
    async fn import(
        &self,
        context: KeyContext,
        sealed: &SealedKey,
        opens: &TenantKek,
        wraps: &TenantKek,
    ) -> Result<(Address, WrappedKey), KeyError> {
        self.sealable(context.tenant, wraps).await?;
        let opened = self.opened(context.tenant, opens).await?;
        erase::after(|| {
            let secret =
                material::open(&sealed.0, &Opener::new(&opened.kek.imports)).map_err(unusable)?;
            let address = material::address(&secret).map_err(unusable)?;
            let entropy = self.parts.entropy.as_ref();
            let key = wrapper::wrap(&context, wraps, address, &secret, entropy)?;
            Ok((address, key))
        })
    }

    async fn export(
        &self,
        context: KeyContext,
        key: &WrappedKey,
        kek: Option<&TenantKek>,
        address: Address,
        export: &Export,
        imports: &TenantKek,
    ) -> Result<String, KeyError> {
        stays(key, "export")?;
        let held = self.held_dek(context, key, kek).await?;
        if held.key.address != address {
            return Err(KeyError::WrongAddress);
        }
        match export {
            Export::Age { recipient } => erase::after(|| {
                let secret = held.open()?;
                let entropy = self.parts.entropy.as_ref();
                material::seal(&secret, recipient, entropy).map_err(|error| unusable(error.into()))
            }),
            Export::Keystore { password, kek } => {
                if *kek != 0 && *kek != imports.version {
                    return Err(KeyError::KekMissing { version: *kek });
                }
                let held_kek = self.opened(context.tenant, imports).await?;
                let (password, entropy) = (password.clone(), Arc::clone(&self.parts.entropy));
                let write = move || -> Result<String, KeyError> {
                    let opener = Opener::new(&held_kek.kek.imports);
                    let password = material::open_text(&password, &opener)
                        .map_err(|error| unusable(error.into()))?;
                    demand_long(&password)?;
                    let secret = held.open()?;
                    let cost = Cost::default();
                    keystore::write(&secret, address, &password, entropy.as_ref(), cost)
                        .map_err(|error| unusable(error.into()))
                };
                // scrypt takes its time on purpose.
                tokio::task::spawn_blocking(|| erase::after(write))
                    .await
                    .map_err(|_| KeyError::Unavailable {
                        detail: "the process is going down".to_owned(),
                    })?
            }
        }
    }

    async fn rewrap(
        &self,
        context: KeyContext,
        key: &WrappedKey,
        from: Option<&TenantKek>,
        to: &TenantKek,
    ) -> Result<WrappedKey, KeyError> {
        stays(key, "rotation")?;
        self.sealable(context.tenant, to).await?;
        // Not through memory: that opens the private key once, and this must open none.
        let opened = self.open_dek(context, key, from).await?;
        let entropy = self.parts.entropy.as_ref();
        let dek = erase::after(|| Dek::seal(&context, to.version, &to.seals, &opened.dek, entropy))
            .map_err(|_| KeyError::KekForged)?;
        let envelope = Envelope {
            dek,
            key: opened.key,
        };
        Ok(WrappedKey {
            provider: to.management.provider().to_owned(),
            version: key.version,
            generation: next(key.generation)?,
            kek: Some(to.version),
            envelope: envelope.to_bytes(),
        })
    }

    async fn opens(&self, tenant: TenantId, kek: &TenantKek) -> Result<(), KeyError> {
        self.sealable(tenant, kek).await
    }

    fn vouched(&self, tenant: TenantId, what: &[u8], mac: &[u8; 32]) -> Result<(), KeyError> {
        self.parts.mac.vouched(tenant, what, mac)
    }

    async fn rewrap_kek(
        &self,
        context: KekContext,
        kek: &TenantKek,
    ) -> Result<Option<TenantKek>, KeyError> {
        if context.version != kek.version {
            return Err(KeyError::NotUnwrapped);
        }
        let root = self.parts.roots.of(&kek.management)?;
        let sealed = RootSealed {
            root: kek.root.clone(),
            bytes: kek.wrapped.clone(),
        };
        let anew = root.rewrap(&kek.management, &context, &sealed).await?;
        if anew.root == kek.root {
            return Ok(None);
        }
        let moved = TenantKek {
            generation: next(kek.generation)?,
            root: anew.root,
            wrapped: anew.bytes,
            ..kek.clone()
        };
        // The old wrapping will be purged: what took its place must open, and be the same key.
        self.open_kek(context, &moved).await?;
        Ok(Some(moved))
    }
}

impl Keyring {
    /// The tenant's key, from memory or by its root.
    async fn opened(&self, tenant: TenantId, kek: &TenantKek) -> Result<Arc<Opened>, KeyError> {
        let version = kek.version;
        self.open_kek(KekContext { tenant, version }, kek).await
    }

    /// Whether a key may be sealed to this one: the house made it, and the root opens it. The MAC says
    /// nothing of the wrapping, and what is sealed to a key that nobody can open is lost.
    async fn sealable(&self, tenant: TenantId, kek: &TenantKek) -> Result<(), KeyError> {
        self.parts.mac.admit(tenant, kek)?;
        self.opened(tenant, kek).await.map(drop)
    }
}

/// A key that lives elsewhere can neither leave nor move.
fn stays(key: &WrappedKey, what: &str) -> Result<(), KeyError> {
    if key.provider == EXTERNAL {
        return Err(KeyError::Unsupported {
            what: format!("{what} of a key that never leaves its provider"),
        });
    }
    Ok(())
}

/// Whoever finds the keystore tries passwords at leisure; scrypt alone does not make up for a short one.
fn demand_long(password: &SecretString) -> Result<(), KeyError> {
    if password.expose_secret().chars().count() < MIN_PASSWORD {
        return Err(KeyError::Sealed {
            why: "its password has fewer than 12 characters",
        });
    }
    Ok(())
}

fn next(generation: u32) -> Result<u32, KeyError> {
    generation.checked_add(1).ok_or(KeyError::Envelope)
}

/// Never says what was in it.
fn unusable(error: MaterialError) -> KeyError {
    KeyError::Sealed {
        why: match error {
            MaterialError::Sealed(SealError::Recipient) => "it names no age recipient",
            MaterialError::Sealed(SealError::NotAge) => "it is no armoured age file",
            MaterialError::Sealed(SealError::NotOpened) => {
                "it is sealed for another recipient, or was altered"
            }
            MaterialError::Sealed(_) => "it is too long, or no text",
            MaterialError::NotAKey => "it is a number that is no private key",
            MaterialError::Keystore(_) => "no keystore can be made of it",
            _ => "it is not 64 hexadecimal digits",
        },
    }
}
