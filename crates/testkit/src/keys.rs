//! Toy keys: no secret, no curve, but the same refusals.

use std::sync::{Arc, Mutex};

use alloy_primitives::{Address, B256, U256, keccak256};
use async_trait::async_trait;
use vaultpilot_core::{Entropy, KeyManagement, TenantName, Timestamp, WalletId};
use vaultpilot_ports::keys::{
    KekContext, KeyContext, KeyError, KeyWrapper, Signature, Signer, TenantKek, WrappedKey,
};

use crate::{SeededEntropy, lock};

const PROVIDER: &str = "fake";

/// Wraps by XOR with a hash of root, context and salt, and a hash as tag. Clones share one root.
#[derive(Debug, Clone)]
pub struct FakeKeys(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    root: B256,
    entropy: SeededEntropy,
    sealed: Mutex<bool>,
    signed: Mutex<Vec<(WalletId, B256)>>,
}

impl FakeKeys {
    pub fn new() -> Self {
        Self::seeded(0)
    }

    /// Another seed is another root: it unwraps nothing of the first one.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Inner {
            root: keccak256(seed.to_be_bytes()),
            entropy: SeededEntropy::new(seed),
            sealed: Mutex::new(false),
            signed: Mutex::new(Vec::new()),
        }))
    }

    /// A sealed provider answers `Unavailable`, as Vault does.
    pub fn seal(&self, sealed: bool) {
        *lock(&self.0.sealed) = sealed;
    }

    /// Everything that was signed, in order.
    pub fn signed(&self) -> Vec<(WalletId, B256)> {
        lock(&self.0.signed).clone()
    }

    fn available(&self) -> Result<(), KeyError> {
        let detail = || "sealed by the test".to_owned();
        if *lock(&self.0.sealed) {
            Err(KeyError::Unavailable { detail: detail() })
        } else {
            Ok(())
        }
    }

    fn mac(&self, context: &KekContext, seed: &[u8]) -> B256 {
        let bound = format!("{}|{}", context.tenant, context.version);
        keccak256([self.0.root.as_slice(), bound.as_bytes(), seed].concat())
    }

    fn mask(&self, context: &KeyContext, salt: &[u8]) -> B256 {
        keccak256([self.0.root.as_slice(), binding(context).as_slice(), salt].concat())
    }
}

impl Default for FakeKeys {
    fn default() -> Self {
        Self::new()
    }
}

fn binding(context: &KeyContext) -> B256 {
    keccak256(format!(
        "{}|{}|{}",
        context.tenant, context.wallet, context.version
    ))
}

fn tag(mask: B256, body: &[u8]) -> B256 {
    keccak256([mask.as_slice(), body].concat())
}

fn address_of(secret: B256) -> Address {
    Address::from_word(keccak256(secret))
}

/// What `FakeKeys` signs, and `FakeChain` takes for a signature of `address` over `hash`.
pub fn fake_signature(address: Address, hash: B256) -> Signature {
    let r = keccak256([address.as_slice(), hash.as_slice()].concat());
    let s = U256::from_be_bytes(keccak256(r).0) >> 1;
    Signature {
        r: U256::from_be_bytes(r.0),
        s,
        y_parity: r[0] & 1 == 1,
    }
}

#[async_trait]
impl KeyWrapper for FakeKeys {
    async fn kek(&self, root: &KeyManagement, context: KekContext) -> Result<TenantKek, KeyError> {
        self.available()?;
        let mut seed = [0u8; 32];
        self.0.entropy.fill(&mut seed);
        Ok(TenantKek {
            version: context.version,
            generation: 1,
            management: root.clone(),
            root: PROVIDER.to_owned(),
            wrapped: seed.to_vec(),
            seals: keccak256(seed).0,
            imports: keccak256([&seed[..], b"imports"].concat()).0,
            mac: self.mac(&context, &seed).0,
            created_at: Timestamp::UNIX_EPOCH,
        })
    }

    async fn adopt(
        &self,
        _: KeyContext,
        _: &TenantName,
        _: &str,
    ) -> Result<(Address, WrappedKey), KeyError> {
        Err(KeyError::Unsupported {
            what: "keys that live elsewhere".to_owned(),
        })
    }

    async fn generate(
        &self,
        context: KeyContext,
        kek: Option<&TenantKek>,
    ) -> Result<(Address, WrappedKey), KeyError> {
        self.available()?;
        let (mut secret, mut salt) = ([0u8; 32], [0u8; 32]);
        self.0.entropy.fill(&mut secret);
        self.0.entropy.fill(&mut salt);
        let mask = self.mask(&context, &salt);
        let body = B256::from(secret) ^ mask;
        let envelope = [
            &salt,
            body.as_slice(),
            tag(mask, body.as_slice()).as_slice(),
        ]
        .concat();
        let key = WrappedKey {
            provider: PROVIDER.to_owned(),
            version: context.version,
            generation: 1,
            kek: kek.map(|kek| kek.version),
            envelope,
        };
        Ok((address_of(B256::from(secret)), key))
    }
}

#[async_trait]
impl Signer for FakeKeys {
    async fn sign(
        &self,
        context: KeyContext,
        key: &WrappedKey,
        _kek: Option<&TenantKek>,
        address: Address,
        hash: B256,
    ) -> Result<Signature, KeyError> {
        self.available()?;
        if key.provider != PROVIDER {
            return Err(KeyError::Provider {
                expected: PROVIDER.to_owned(),
                found: key.provider.clone(),
            });
        }
        if key.envelope.len() != 96 {
            return Err(KeyError::Envelope);
        }
        let (salt, rest) = key.envelope.split_at(32);
        let (body, stored) = rest.split_at(32);
        let mask = self.mask(&context, salt);
        if key.version != context.version || tag(mask, body) != B256::from_slice(stored) {
            return Err(KeyError::NotUnwrapped);
        }
        if address_of(B256::from_slice(body) ^ mask) != address {
            return Err(KeyError::WrongAddress);
        }
        lock(&self.0.signed).push((context.wallet, hash));
        Ok(fake_signature(address, hash))
    }
}
