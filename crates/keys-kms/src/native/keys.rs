//! The deciding side's half: takes note of a key, and signs nothing.

use async_trait::async_trait;
use aws_sdk_kms::types::{KeySpec, KeyUsageType};
use vaultpilot_core::{Address, TenantName};
use vaultpilot_ports::keys::{ExternalKeys, KeyContext, KeyError, WrappedKey};

use super::envelope::Envelope;
use super::public_key::PublicKey;
use crate::arn::Arn;
use crate::kms::{Kms, answer};
use crate::root::{enabled, no};
use crate::{KEY_PROVIDER, TENANT_TAG};

/// A key has at most fifty tags, and a page as many.
const MOST_PAGES: usize = 4;

/// Calls `kms:DescribeKey`, `kms:GetPublicKey` and `kms:ListResourceTags`.
pub struct KmsKeys(Kms);

impl KmsKeys {
    pub(crate) const fn new(kms: Kms) -> Self {
        Self(kms)
    }

    /// The key itself, when an alias named it; enabled, and on the right curve.
    async fn described(&self, named: &Arn) -> Result<Arn, KeyError> {
        let call = self.0.client(named).describe_key().key_id(named.as_str());
        let key = answer(call.send())
            .await?
            .key_metadata
            .ok_or_else(|| no("metadata of a key"))?;
        if key.key_usage != Some(KeyUsageType::SignVerify)
            || key.key_spec != Some(KeySpec::EccSecgP256K1)
        {
            return Err(KeyError::Unsupported {
                what: format!(
                    "{} as a wallet's key: it must be of spec ECC_SECG_P256K1 and usage \
                     SIGN_VERIFY, and is of spec {} and usage {}",
                    named.as_str(),
                    key.key_spec.as_ref().map_or("unknown", KeySpec::as_str),
                    key.key_usage
                        .as_ref()
                        .map_or("unknown", |usage| usage.as_str()),
                ),
            });
        }
        enabled(named, key.key_state.as_ref())?;
        key.arn
            .and_then(|arn| Arn::parse_key(&arn).ok())
            .filter(|key| named.may_mean(key))
            .ok_or_else(|| no("ARN of the key that was asked for"))
    }

    async fn public_key(&self, key: &Arn) -> Result<PublicKey, KeyError> {
        let call = self.0.client(key).get_public_key().key_id(key.as_str());
        let der = answer(call.send())
            .await?
            .public_key
            .ok_or_else(|| no("public key"))?;
        PublicKey::from_der(der.as_ref()).ok_or_else(|| no("public key on secp256k1"))
    }

    /// Whose key it says it is; `None` when it says nothing.
    async fn tenant(&self, key: &Arn) -> Result<Option<String>, KeyError> {
        let mut marker = None;
        for _ in 0..MOST_PAGES {
            let call = self.0.client(key).list_resource_tags();
            let call = call.key_id(key.as_str()).set_marker(marker.take());
            let page = answer(call.send()).await?;
            let tag = page.tags.unwrap_or_default();
            if let Some(tag) = tag.into_iter().find(|tag| tag.tag_key == TENANT_TAG) {
                return Ok(Some(tag.tag_value));
            }
            marker = page.next_marker.filter(|_| page.truncated);
            if marker.is_none() {
                break;
            }
        }
        Ok(None)
    }
}

#[async_trait]
impl ExternalKeys for KmsKeys {
    fn provider(&self) -> &'static str {
        KEY_PROVIDER
    }

    async fn adopt(
        &self,
        context: KeyContext,
        tenant: &TenantName,
        id: &str,
    ) -> Result<(Address, WrappedKey), KeyError> {
        let key = self.described(&Arn::parse(id)?).await?;
        let tagged = self.tenant(&key).await?;
        if tagged.as_deref() != Some(tenant.as_str()) {
            // Not whose it is instead: that is another tenant's affair.
            return Err(KeyError::NotTheTenants {
                detail: format!("{} has no tag {TENANT_TAG}={tenant}", key.as_str()),
            });
        }
        let public_key = self.public_key(&key).await?;
        let address = public_key.address();
        let envelope = Envelope {
            context,
            key,
            public_key,
        };
        let key = WrappedKey {
            provider: KEY_PROVIDER.to_owned(),
            version: context.version,
            generation: 1,
            kek: None,
            envelope: envelope.to_bytes(),
        };
        Ok((address, key))
    }
}
