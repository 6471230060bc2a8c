//! A symmetric key of KMS as the root of tenants' key-encryption keys.

mod context;
mod label;
mod unwrapper;
mod wrapper;

use aws_sdk_kms::types::{KeySpec, KeyState, KeyUsageType};
use vaultpilot_core::KeyManagement;
use vaultpilot_ports::keys::KeyError;

pub use unwrapper::KmsUnwrapper;
pub use wrapper::KmsWrapper;

use crate::ROOT_PROVIDER;
use crate::arn::Arn;
use crate::kms::{Kms, answer};
use label::Label;

/// What a tenant chose.
fn chosen(root: &KeyManagement) -> Result<Arn, KeyError> {
    match root {
        KeyManagement::AwsKms { key_arn } => Arn::parse(key_arn),
        other => Err(KeyError::Provider {
            expected: ROOT_PROVIDER.to_owned(),
            found: other.provider().to_owned(),
        }),
    }
}

/// The key that it means now, which must be able to wrap.
async fn in_force(kms: &Kms, chosen: &Arn) -> Result<Label, KeyError> {
    let described = kms.client(chosen).describe_key().key_id(chosen.as_str());
    let key = answer(described.send())
        .await?
        .key_metadata
        .ok_or_else(|| no("metadata of a key"))?;
    if key.key_usage != Some(KeyUsageType::EncryptDecrypt)
        || key.key_spec != Some(KeySpec::SymmetricDefault)
    {
        return Err(KeyError::Unsupported {
            what: format!(
                "{} as a root: it must be a symmetric key that encrypts and decrypts",
                chosen.as_str()
            ),
        });
    }
    enabled(chosen, key.key_state.as_ref())?;
    Label::new(key.arn.as_deref(), key.current_key_material_id).ok_or_else(|| no("ARN of a key"))
}

/// # Errors
/// When a key in this state does nothing.
pub(crate) fn enabled(key: &Arn, state: Option<&KeyState>) -> Result<(), KeyError> {
    match state {
        Some(KeyState::Enabled) => Ok(()),
        other => Err(KeyError::Disabled {
            detail: format!(
                "{} is {}",
                key.as_str(),
                other.map_or("in no known state", KeyState::as_str)
            ),
        }),
    }
}

/// The answer lacks what every answer has.
pub(crate) fn no(what: &str) -> KeyError {
    KeyError::Unavailable {
        detail: format!("AWS KMS answered without the {what}"),
    }
}
