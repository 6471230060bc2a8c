//! Opening a wallet's data key.

use std::sync::Arc;

use vaultpilot_core::Timestamp;
use vaultpilot_ports::keys::{KekContext, KeyContext, KeyError, TenantKek, WrappedKey};
use vaultpilot_secret::{Secret, erase};

use super::Keyring;
use crate::envelope::{Dek, Envelope, Key, open_dek, open_first_dek};
use crate::{EXTERNAL, private_key};

/// A data key, and the private key it opens, still wrapped.
pub(super) struct OpenDek {
    context: KeyContext,
    row: WrappedKey,
    pub(super) key: Key,
    pub(super) dek: Secret,
    /// As long as the key-encryption key that opened it, it is held, and no longer.
    opened_at: Timestamp,
}

impl OpenDek {
    /// Only the very bytes that were opened once are the same key.
    fn is(&self, context: &KeyContext, row: &WrappedKey) -> bool {
        self.context == *context
            && self.row.provider == row.provider
            && self.row.version == row.version
            && self.row.kek == row.kek
            && self.row.envelope == row.envelope
    }

    /// The private key. To be called in `erase::after`.
    pub(super) fn open(&self) -> Result<Secret, KeyError> {
        let opened = self.key.open(&self.context, &self.dek);
        opened.map_err(|_| KeyError::NotUnwrapped)
    }
}

impl Keyring {
    /// The data key from memory, or opened: then the private key is opened with it once, and must be
    /// the one of the address that the envelope names.
    pub(super) async fn held_dek(
        &self,
        context: KeyContext,
        row: &WrappedKey,
        kek: Option<&TenantKek>,
    ) -> Result<Arc<OpenDek>, KeyError> {
        let name = (context.wallet, context.version);
        let held = self.deks.get(&name, self.parts.clock.now());
        if let Some(held) = held.filter(|held| held.is(&context, row)) {
            named(row, kek)?;
            return Ok(held);
        }
        let opened = self.open_dek(context, row, kek).await?;
        let address = erase::after(|| opened.open().map(|secret| private_key::address(&secret)))?;
        if address != Some(opened.key.address) {
            return Err(KeyError::NotUnwrapped);
        }
        let opened = Arc::new(opened);
        let (at, now) = (opened.opened_at, self.parts.clock.now());
        self.deks.put(name, Arc::clone(&opened), at, now);
        Ok(opened)
    }

    /// Opens the data key and nothing else.
    pub(super) async fn open_dek(
        &self,
        context: KeyContext,
        row: &WrappedKey,
        kek: Option<&TenantKek>,
    ) -> Result<OpenDek, KeyError> {
        ours(row)?;
        let envelope = Envelope::from_bytes(&row.envelope)?;
        if row.version != context.version {
            return Err(KeyError::NotUnwrapped);
        }
        let (dek, opened_at) = match (&envelope.dek, named(row, kek)?) {
            (Dek::Root { root, sealed }, None) => {
                let first = self.parts.first.as_ref();
                let root = first.and_then(|first| first.secret(*root));
                let root = root.ok_or(KeyError::NotUnwrapped)?;
                let dek = erase::after(|| open_first_dek(&context, root, sealed));
                (dek, self.parts.clock.now())
            }
            (Dek::Kek { version, sealed }, Some(kek)) if *version == kek.version => {
                let opens = KekContext {
                    tenant: context.tenant,
                    version: *version,
                };
                let opened = self.open_kek(opens, kek).await?;
                let private = &opened.kek.seals;
                let dek = erase::after(|| open_dek(&context, *version, private, sealed));
                (dek, opened.asked_at)
            }
            // The row says one thing and its envelope another.
            _ => return Err(KeyError::NotUnwrapped),
        };
        Ok(OpenDek {
            context,
            row: row.clone(),
            key: envelope.key,
            dek: dek.map_err(|_| KeyError::NotUnwrapped)?,
            opened_at,
        })
    }
}

/// Whether it is wrapped by a root, and not by somebody else.
fn ours(row: &WrappedKey) -> Result<(), KeyError> {
    if matches!(row.provider.as_str(), "local" | "vault" | "aws-kms") {
        return Ok(());
    }
    Err(KeyError::Provider {
        expected: format!("local, vault, aws-kms or {EXTERNAL}"),
        found: row.provider.clone(),
    })
}

/// The key-encryption key that the row names.
fn named<'a>(
    row: &WrappedKey,
    kek: Option<&'a TenantKek>,
) -> Result<Option<&'a TenantKek>, KeyError> {
    let Some(version) = row.kek else {
        return Ok(None);
    };
    let named = kek.filter(|kek| kek.version == version);
    let named = named.ok_or(KeyError::KekMissing { version })?;
    if named.management.provider() == row.provider {
        Ok(Some(named))
    } else {
        Err(KeyError::NotUnwrapped)
    }
}
