//! What wraps the tenant's keys.

use vaultpilot_core::KeyManagement;
use vaultpilot_crds::tenant::{KeyManagement as Spec, KeyProvider};

use crate::tenant::invalid::Invalid;

/// # Errors
/// When the provider's own part is missing: the API server's rules let nothing of that kind pass.
pub fn key_management(spec: &Spec) -> Result<KeyManagement, Invalid> {
    let missing = |field| Invalid::Spec {
        field,
        message: "it belongs to the provider, which needs it".to_owned(),
    };
    Ok(match spec.provider {
        KeyProvider::Local => KeyManagement::Local,
        KeyProvider::Vault => {
            let vault = spec.vault.as_ref();
            let vault = vault.ok_or_else(|| missing("spec.keyManagement.vault"))?;
            KeyManagement::Vault {
                mount: vault.transit_mount.as_str().trim_matches('/').to_owned(),
                key: vault.key_name.clone(),
                role: vault.role.clone(),
            }
        }
        KeyProvider::AwsKms => {
            let kms = spec.aws_kms.as_ref();
            let kms = kms.ok_or_else(|| missing("spec.keyManagement.awsKms"))?;
            KeyManagement::AwsKms {
                key_arn: kms.key_arn.clone(),
            }
        }
    })
}

#[cfg(test)]
mod tests;
