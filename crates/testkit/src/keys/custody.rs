//! The fake's way in and out. What is sealed says to whom, and holds the text in the open.

use alloy_primitives::{Address, B256, keccak256};
use async_trait::async_trait;
use vaultpilot_core::TenantId;
use vaultpilot_ports::keys::{
    Custodian, Export, KekContext, KeyContext, KeyError, SealedKey, TenantKek, WrappedKey,
};

use super::{EXTERNAL, FakeKeys, address_of};

/// The recipient that `FakeKeys` exports to, and opens imports for.
pub fn fake_recipient(imports: &[u8; 32]) -> String {
    format!("age1fake{}", hex::encode(imports))
}

/// A text that `FakeKeys` opens with the key-encryption key of these imports, and no other.
pub fn fake_sealed(imports: &[u8; 32], text: &str) -> String {
    let recipient = fake_recipient(imports);
    let whole = keccak256(format!("{recipient}|{text}"));
    format!("{recipient}|{text}|{whole}")
}

fn unsealed<'a>(sealed: &'a str, imports: &[u8; 32]) -> Result<&'a str, KeyError> {
    let refuse = || KeyError::Sealed {
        why: "it is sealed for another recipient, or was altered",
    };
    let text = sealed
        .strip_prefix(&fake_recipient(imports))
        .and_then(|rest| rest.strip_prefix('|'))
        .and_then(|rest| rest.rsplit_once('|'))
        .map(|(text, _)| text);
    let text = text.ok_or_else(refuse)?;
    if fake_sealed(imports, text) == sealed {
        Ok(text)
    } else {
        Err(refuse())
    }
}

/// Real private keys are below the order of the curve; so are the fake's.
fn key_in(text: &str) -> Option<B256> {
    let text = text.trim_ascii();
    let mut secret = B256::ZERO;
    hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut secret[..]).ok()?;
    (!secret.is_zero() && secret[..16] != [0xff; 16]).then_some(secret)
}

fn demand_recipient(text: &str) -> Result<(), KeyError> {
    let digits = text.strip_prefix("age1fake");
    let public = digits.and_then(|digits| hex::decode_to_slice(digits, &mut [0; 32]).ok());
    public.ok_or(KeyError::Sealed {
        why: "it names no age recipient",
    })
}

fn demand_wrapped(key: &WrappedKey) -> Result<(), KeyError> {
    if key.provider == EXTERNAL {
        return Err(KeyError::Unsupported {
            what: "moving a key that never leaves its provider".to_owned(),
        });
    }
    Ok(())
}

#[async_trait]
impl Custodian for FakeKeys {
    async fn import(
        &self,
        context: KeyContext,
        sealed: &SealedKey,
        opens: &TenantKek,
        wraps: &TenantKek,
    ) -> Result<(Address, WrappedKey), KeyError> {
        self.may_unwrap()?;
        self.demand_opens(context.tenant, wraps)?;
        let opened = KekContext {
            tenant: context.tenant,
            version: opens.version,
        };
        self.open_kek(opened, opens)?;
        let secret = key_in(unsealed(&sealed.0, &opens.imports)?).ok_or(KeyError::Sealed {
            why: "it is not 64 hexadecimal digits",
        })?;
        Ok(self.wrap(&context, wraps, secret))
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
        self.may_unwrap()?;
        demand_wrapped(key)?;
        let secret = self.open(&context, key, kek)?;
        if address_of(secret) != address {
            return Err(KeyError::WrongAddress);
        }
        match export {
            Export::Age { recipient } => {
                demand_recipient(recipient)?;
                let text = format!("{recipient}|{secret}");
                Ok(format!("{text}|{}", keccak256(&text)))
            }
            Export::Keystore { password, kek } => {
                if *kek != 0 && *kek != imports.version {
                    return Err(KeyError::KekMissing { version: *kek });
                }
                let opens = KekContext {
                    tenant: context.tenant,
                    version: imports.version,
                };
                self.open_kek(opens, imports)?;
                let password = unsealed(password, &imports.imports)?;
                if password.chars().count() < 12 {
                    return Err(KeyError::Sealed {
                        why: "its password has fewer than 12 characters",
                    });
                }
                let body = secret ^ keccak256(password);
                let keystore = serde_json::json!({
                    "version": 3,
                    "address": format!("{address:x}"),
                    "crypto": { "ciphertext": hex::encode(body) },
                });
                Ok(keystore.to_string())
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
        self.may_unwrap()?;
        demand_wrapped(key)?;
        self.demand_opens(context.tenant, to)?;
        let (envelope, under) = self.under(&context, key, from)?;
        let dek = envelope
            .open_dek(&context, under)
            .ok_or(KeyError::NotUnwrapped)?;
        let moved = envelope.moved(
            &context,
            Some(to.version),
            to.seals.into(),
            dek,
            self.random(),
        );
        Ok(WrappedKey {
            provider: to.management.provider().to_owned(),
            version: key.version,
            generation: key.generation.saturating_add(1),
            kek: Some(to.version),
            envelope: moved.to_bytes(),
        })
    }

    async fn opens(&self, tenant: TenantId, kek: &TenantKek) -> Result<(), KeyError> {
        self.may_unwrap()?;
        self.demand_opens(tenant, kek)
    }

    fn vouched(&self, tenant: TenantId, what: &[u8], mac: &[u8; 32]) -> Result<(), KeyError> {
        if self.voucher(tenant, what) == *mac {
            Ok(())
        } else {
            Err(KeyError::NotVouched)
        }
    }

    async fn rewrap_kek(
        &self,
        context: KekContext,
        kek: &TenantKek,
    ) -> Result<Option<TenantKek>, KeyError> {
        self.may_unwrap()?;
        self.rewrap_seed(context, kek)
    }
}
