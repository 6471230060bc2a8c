//! The executor's half: asks KMS to decrypt, and to encrypt anew what it has decrypted.

use async_trait::async_trait;
use aws_sdk_kms::primitives::Blob;
use vaultpilot_core::KeyManagement;
use vaultpilot_ports::keys::{KekContext, KeyError, RootSealed, RootUnwrapper};
use vaultpilot_secret::Secret;
use zeroize::Zeroizing;

use super::{Label, chosen, context, in_force, no};
use crate::arn::Arn;
use crate::kms::{Kms, answer};

/// Calls `kms:Decrypt`, `kms:ReEncrypt` and `kms:DescribeKey`.
pub struct KmsUnwrapper(Kms);

impl KmsUnwrapper {
    pub(crate) const fn new(kms: Kms) -> Self {
        Self(kms)
    }
}

/// The key that a seed is under. Whoever writes the database must not choose it: it is the tenant's,
/// or one that the tenant's alias may have meant.
fn wrapped_by(chosen: &Arn, sealed: &RootSealed) -> Result<Arn, KeyError> {
    Label::parse(&sealed.root)
        .map(|label| label.key)
        .filter(|key| chosen.may_mean(key))
        .ok_or(KeyError::NotUnwrapped)
}

#[async_trait]
impl RootUnwrapper for KmsUnwrapper {
    async fn unwrap(
        &self,
        root: &KeyManagement,
        context: &KekContext,
        sealed: &RootSealed,
    ) -> Result<Secret, KeyError> {
        let key = wrapped_by(&chosen(root)?, sealed)?;
        let call = self
            .0
            .client(&key)
            .decrypt()
            .key_id(key.as_str())
            .set_encryption_context(Some(context::of(context)))
            .ciphertext_blob(Blob::new(sealed.bytes.as_slice()));
        let opened = answer(call.send())
            .await?
            .plaintext
            .ok_or_else(|| no("plaintext"))?;
        let opened = Zeroizing::new(opened.into_inner());
        let mut seed = Secret::empty();
        if opened.len() != Secret::LEN {
            return Err(KeyError::NotUnwrapped);
        }
        seed.bytes_mut().copy_from_slice(&opened);
        Ok(seed)
    }

    /// The seed stays inside KMS.
    async fn rewrap(
        &self,
        root: &KeyManagement,
        context: &KekContext,
        sealed: &RootSealed,
    ) -> Result<RootSealed, KeyError> {
        let chosen = chosen(root)?;
        let from = wrapped_by(&chosen, sealed)?;
        let to = in_force(&self.0, &chosen).await?;
        let context = context::of(context);
        let call = self
            .0
            .client(&to.key)
            .re_encrypt()
            .source_key_id(from.as_str())
            .set_source_encryption_context(Some(context.clone()))
            .destination_key_id(to.key.as_str())
            .set_destination_encryption_context(Some(context))
            .ciphertext_blob(Blob::new(sealed.bytes.as_slice()));
        let anew = answer(call.send()).await?;
        let bytes = anew.ciphertext_blob.ok_or_else(|| no("ciphertext"))?;
        let material = anew.destination_key_material_id.or(to.material);
        let label = Label::new(anew.key_id.as_deref(), material)
            .filter(|label| label.key == to.key)
            .ok_or_else(|| no("ARN of the key that it was asked to use"))?;
        Ok(RootSealed {
            root: label.to_string(),
            bytes: bytes.into_inner(),
        })
    }
}
