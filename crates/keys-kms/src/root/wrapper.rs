//! The deciding side's half: asks KMS to encrypt, and never to decrypt.

use async_trait::async_trait;
use aws_sdk_kms::error::SdkError;
use aws_sdk_kms::operation::encrypt::EncryptError;
use aws_sdk_kms::primitives::Blob;
use vaultpilot_core::KeyManagement;
use vaultpilot_ports::keys::{KekContext, KeyError, RootHealth, RootSealed, RootWrapper};
use vaultpilot_secret::Secret;

use super::{Label, chosen, context, in_force, no};
use crate::fault;
use crate::kms::{Kms, answer, quiet};

/// What a check says instead of a tenant and a version: the policies ask that both are there.
const NOBODY: &str = "check";

/// Calls `kms:DescribeKey` and `kms:Encrypt`.
pub struct KmsWrapper(Kms);

impl KmsWrapper {
    pub(crate) const fn new(kms: Kms) -> Self {
        Self(kms)
    }
}

#[async_trait]
impl RootWrapper for KmsWrapper {
    async fn wrap(
        &self,
        root: &KeyManagement,
        context: &KekContext,
        seed: &Secret,
    ) -> Result<RootSealed, KeyError> {
        // Asked before, so that material that is changed meanwhile is not taken for older than it is.
        let Label { key, material } = in_force(&self.0, &chosen(root)?).await?;
        let encrypt = self.0.client(&key).encrypt();
        let call = encrypt
            .key_id(key.as_str())
            .set_encryption_context(Some(context::of(context)))
            .plaintext(Blob::new(seed.bytes()));
        let sealed = answer(call.send()).await?;
        let bytes = sealed.ciphertext_blob.ok_or_else(|| no("ciphertext"))?;
        let label = Label::new(sealed.key_id.as_deref(), material)
            .filter(|label| label.key == key)
            .ok_or_else(|| no("ARN of the key that it was asked to use"))?;
        Ok(RootSealed {
            root: label.to_string(),
            bytes: bytes.into_inner(),
        })
    }

    async fn check(&self, root: &KeyManagement) -> Result<RootHealth, KeyError> {
        let label = in_force(&self.0, &chosen(root)?).await?;
        let encrypt = self.0.client(&label.key).encrypt();
        let call = encrypt
            .key_id(label.key.as_str())
            .encryption_context(context::TENANT, NOBODY)
            .encryption_context(context::KEK, NOBODY)
            .plaintext(Blob::new([0; Secret::LEN]))
            .dry_run(true);
        match quiet(call.send()).await {
            Err(error) if !is_dry(&error) => Err(fault::of(&error)),
            // An endpoint that knows no dry runs has encrypted, which says the same.
            _ => Ok(RootHealth {
                root: label.to_string(),
            }),
        }
    }
}

/// KMS would have done it.
fn is_dry(error: &SdkError<EncryptError>) -> bool {
    error
        .as_service_error()
        .is_some_and(EncryptError::is_dry_run_operation_exception)
}
