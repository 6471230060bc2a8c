//! Who made a key-encryption key. Its public halves lie in the database: whoever can write there could
//! put his own in their place, and keys would be sealed to him.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use vaultpilot_core::TenantId;
use vaultpilot_ports::keys::{KeyContext, KeyError, TenantKek};
use vaultpilot_secret::{Secret, erase};

use crate::derive;

const KEKS: &[u8] = b"vaultpilot/keys/v2/kek-mac";
const EXTERNALS: &[u8] = b"vaultpilot/keys/v2/external-voucher";
const TASKS: &[u8] = b"vaultpilot/keys/v2/task-voucher";

/// Makes and checks the MAC of a key-encryption key, and vouchers for what the signing side is to do.
/// Whoever has it has no way to a private key, but decides to whom the next one is sealed.
pub struct KekMac {
    keks: Secret,
    tasks: Secret,
    externals: Secret,
}

impl KekMac {
    /// From the house's pepper.
    pub fn new(pepper: &[u8; 32]) -> Self {
        erase::after(|| {
            let mut root = Secret::empty();
            root.bytes_mut().copy_from_slice(pepper);
            Self {
                keks: derive::expand(&root, KEKS),
                tasks: derive::expand(&root, TASKS),
                externals: derive::expand(&root, EXTERNALS),
            }
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

    pub(crate) fn vouch(&self, tenant: TenantId, what: &[u8]) -> [u8; 32] {
        erase::after(|| {
            over_task(&self.tasks, tenant, what)
                .finalize()
                .into_bytes()
                .into()
        })
    }

    /// # Errors
    /// `NotVouched` when it is another tenant's, or was said of something else.
    pub(crate) fn vouched(
        &self,
        tenant: TenantId,
        what: &[u8],
        mac: &[u8; 32],
    ) -> Result<(), KeyError> {
        // In constant time.
        erase::after(|| over_task(&self.tasks, tenant, what).verify_slice(mac))
            .map_err(|_| KeyError::NotVouched)
    }

    /// Of a key that lives elsewhere: that this house took note of it, for this wallet.
    pub(crate) fn over_external(&self, context: &KeyContext, envelope: &[u8]) -> [u8; 32] {
        erase::after(|| {
            let fed = over_external(&self.externals, context, envelope);
            fed.finalize().into_bytes().into()
        })
    }

    /// # Errors
    /// `NotUnwrapped` when it is another wallet's, or the house never took note of it.
    pub(crate) fn admit_external(
        &self,
        context: &KeyContext,
        envelope: &[u8],
        mac: &[u8; 32],
    ) -> Result<(), KeyError> {
        // In constant time.
        erase::after(|| over_external(&self.externals, context, envelope).verify_slice(mac))
            .map_err(|_| KeyError::NotUnwrapped)
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
        let mut mac = under(&self.keks);
        mac.update(text.as_bytes());
        mac
    }
}

/// Tenants are of one length, so no two are one text.
fn over_task(key: &Secret, tenant: TenantId, what: &[u8]) -> Hmac<Sha256> {
    let mut mac = under(key);
    mac.update(tenant.to_string().as_bytes());
    mac.update(b"|");
    mac.update(what);
    mac
}

/// The envelope comes last, and nothing before it has a bar in it.
fn over_external(key: &Secret, context: &KeyContext, envelope: &[u8]) -> Hmac<Sha256> {
    let KeyContext {
        tenant,
        wallet,
        version,
    } = context;
    let mut mac = under(key);
    mac.update(format!("{tenant}|{wallet}|{version}|").as_bytes());
    mac.update(envelope);
    mac
}

fn under(key: &Secret) -> Hmac<Sha256> {
    <Hmac<Sha256>>::new_from_slice(key.bytes()).expect("HMAC takes a key of any length")
}
