//! Who made a key-encryption key. Its public halves lie in the database: whoever can write there could
//! put his own in their place, and keys would be sealed to him.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use vaultpilot_core::TenantId;
use vaultpilot_ports::keys::{KeyError, TenantKek};
use vaultpilot_secret::{Secret, erase};

use crate::derive;

const LABEL: &[u8] = b"vaultpilot/keys/v2/kek-mac";

/// Makes and checks the MAC of a key-encryption key. Whoever has it has no way to a private key, but
/// decides to whom the next one is sealed.
pub struct KekMac(Secret);

impl KekMac {
    /// From the house's pepper.
    pub fn new(pepper: &[u8; 32]) -> Self {
        erase::after(|| {
            let mut root = Secret::empty();
            root.bytes_mut().copy_from_slice(pepper);
            Self(derive::expand(&root, LABEL))
        })
    }

    pub(crate) fn over(&self, tenant: TenantId, kek: &TenantKek) -> [u8; 32] {
        erase::after(|| self.fed(tenant, kek).finalize().into_bytes().into())
    }

    /// # Errors
    /// `KekForged` when it is another tenant's, or any part of it that stays was exchanged.
    pub(crate) fn admit(&self, tenant: TenantId, kek: &TenantKek) -> Result<(), KeyError> {
        // In constant time.
        erase::after(|| self.fed(tenant, kek).verify_slice(&kek.mac))
            .map_err(|_| KeyError::KekForged)
    }

    /// What stays when the root wraps the seed anew: not the generation, nor the wrapping.
    fn fed(&self, tenant: TenantId, kek: &TenantKek) -> Hmac<Sha256> {
        let TenantKek {
            version,
            management,
            seals,
            imports,
            ..
        } = kek;
        let management = serde_json::to_string(management).unwrap_or_default();
        // Only the middle is of any length, so no two keys are one text.
        let text = format!(
            "{tenant}|{version}|{management}|{}|{}",
            hex::encode(seals),
            hex::encode(imports)
        );
        let mut mac =
            <Hmac<Sha256>>::new_from_slice(self.0.bytes()).expect("HMAC takes a key of any length");
        mac.update(text.as_bytes());
        mac
    }
}
