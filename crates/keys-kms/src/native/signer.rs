//! The executor's half: asks KMS to sign.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{MessageType, SigningAlgorithmSpec};
use vaultpilot_core::{Address, B256};
use vaultpilot_ports::keys::{KeyContext, KeyError, Signature, Signer, TenantKek, WrappedKey};

use super::envelope::Envelope;
use super::{Pace, signature};
use crate::KEY_PROVIDER;
use crate::arn::Arn;
use crate::kms::{Kms, answer, once};
use crate::root::no;

/// Calls `kms:Sign`. Two signatures over one hash differ, because KMS draws a nonce for each: whoever
/// asks keeps the first.
pub struct KmsSigner {
    kms: Kms,
    pace: Arc<Pace>,
}

impl KmsSigner {
    pub(crate) const fn new(kms: Kms, pace: Arc<Pace>) -> Self {
        Self { kms, pace }
    }

    async fn ask(&self, key: &Arn, hash: B256) -> Result<Vec<u8>, KeyError> {
        let sign = self.kms.client(key).sign();
        let call = sign
            .key_id(key.as_str())
            .message(Blob::new(hash.as_slice()))
            .message_type(MessageType::Digest)
            .signing_algorithm(SigningAlgorithmSpec::EcdsaSha256)
            .customize()
            .config_override(once());
        let signed = answer(call.send()).await?;
        let der = signed.signature.ok_or_else(|| no("signature"))?;
        Ok(der.into_inner())
    }

    /// Keeps to the pace, also when KMS asks for a slower one.
    async fn signed(&self, key: &Arn, hash: B256) -> Result<Vec<u8>, KeyError> {
        let deadline = self.pace.deadline();
        loop {
            let turn = self.pace.turn(deadline).await?;
            match self.ask(key, hash).await {
                Err(KeyError::Throttled) => turn.throttled(),
                Err(error) => return Err(error),
                Ok(der) => {
                    turn.served();
                    return Ok(der);
                }
            }
        }
    }
}

#[async_trait]
impl Signer for KmsSigner {
    async fn sign(
        &self,
        context: KeyContext,
        key: &WrappedKey,
        _: Option<&TenantKek>,
        address: Address,
        hash: B256,
    ) -> Result<Signature, KeyError> {
        if key.provider != KEY_PROVIDER {
            return Err(KeyError::Provider {
                expected: KEY_PROVIDER.to_owned(),
                found: key.provider.clone(),
            });
        }
        let envelope = Envelope::from_bytes(&key.envelope)?;
        if envelope.context != context || key.version != context.version {
            return Err(KeyError::NotUnwrapped);
        }
        if envelope.public_key.address() != address {
            return Err(KeyError::WrongAddress);
        }
        let der = self.signed(&envelope.key, hash).await?;
        signature::read(&der, &envelope.public_key, hash)
    }
}
