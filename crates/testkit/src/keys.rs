//! Toy keys: no secret, no curve, but the same layers, rows and refusals.

mod custody;
mod envelope;
mod kek;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use alloy_primitives::{Address, B256, U256, keccak256};
use async_trait::async_trait;
use vaultpilot_core::{Entropy, KeyManagement, TenantId, TenantName, WalletId};
use vaultpilot_ports::keys::{
    KekContext, KeyContext, KeyError, KeyWrapper, Signature, Signer, TenantKek, WrappedKey,
};

use crate::{SeededEntropy, lock};
use envelope::Envelope;

pub use custody::{fake_recipient, fake_sealed};

/// What `WrappedKey::provider` says of a key that lives elsewhere.
const EXTERNAL: &str = "aws-kms-key";

/// Wraps by XOR with hashes, and a hash as tag. Clones share one root.
#[derive(Debug, Clone)]
pub struct FakeKeys(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    root: B256,
    entropy: SeededEntropy,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The root's version.
    root: u32,
    wrapping: Option<KeyError>,
    unwrapping: Option<KeyError>,
    signed: Vec<(WalletId, B256)>,
    unwrapped: Vec<KekContext>,
    /// Keys that live elsewhere, with the tenant each says it is of.
    elsewhere: BTreeMap<String, Option<TenantName>>,
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
            state: Mutex::new(State {
                root: 1,
                wrapping: None,
                unwrapping: None,
                signed: Vec::new(),
                unwrapped: Vec::new(),
                elsewhere: BTreeMap::new(),
            }),
        }))
    }

    /// A sealed provider does nothing until it is unsealed, as Vault.
    pub fn seal(&self, sealed: bool) {
        let refusal = sealed.then_some(KeyError::ProviderSealed);
        self.refuse_wrapping(refusal.clone());
        self.refuse_unwrapping(refusal);
    }

    /// What the provider says to whoever wraps, until it is `None` again.
    pub fn refuse_wrapping(&self, refusal: Option<KeyError>) {
        lock(&self.0.state).wrapping = refusal;
    }

    /// What the provider says to whoever signs, imports, exports or wraps anew.
    pub fn refuse_unwrapping(&self, refusal: Option<KeyError>) {
        lock(&self.0.state).unwrapping = refusal;
    }

    /// The root gets another version: what is wrapped by the old one stays good.
    pub fn rotate_root(&self) {
        let mut state = lock(&self.0.state);
        state.root = state.root.saturating_add(1);
    }

    /// A key that lives elsewhere, and the tenant it says it is of.
    pub fn make_elsewhere(&self, id: &str, tenant: Option<&TenantName>) {
        let mut state = lock(&self.0.state);
        state.elsewhere.insert(id.to_owned(), tenant.cloned());
    }

    /// A key as it was wrapped before tenants had keys of their own.
    pub fn generate_first(&self, context: KeyContext) -> (Address, WrappedKey) {
        let secret = self.random();
        let envelope = Envelope::seal(&context, None, self.derived(&context), secret, || {
            self.random()
        });
        let key = WrappedKey {
            provider: KeyManagement::Local.provider().to_owned(),
            version: context.version,
            generation: 1,
            kek: None,
            envelope: envelope.to_bytes(),
        };
        (address_of(secret), key)
    }

    /// Everything that was signed, in order.
    pub fn signed(&self) -> Vec<(WalletId, B256)> {
        lock(&self.0.state).signed.clone()
    }

    /// Every key-encryption key that was opened, in order. The fake holds none in memory.
    pub fn unwrapped(&self) -> Vec<KekContext> {
        lock(&self.0.state).unwrapped.clone()
    }

    fn may_wrap(&self) -> Result<(), KeyError> {
        lock(&self.0.state).wrapping.clone().map_or(Ok(()), Err)
    }

    fn may_unwrap(&self) -> Result<(), KeyError> {
        lock(&self.0.state).unwrapping.clone().map_or(Ok(()), Err)
    }

    fn random(&self) -> B256 {
        let mut bytes = B256::ZERO;
        self.0.entropy.fill(bytes.as_mut_slice());
        bytes
    }

    /// The key-encryption key of version 1, which every tenant had without asking.
    fn derived(&self, context: &KeyContext) -> B256 {
        keccak256(
            [
                self.0.root.as_slice(),
                context.tenant.to_string().as_bytes(),
            ]
            .concat(),
        )
    }

    /// The private key, if it is this row's in this context.
    fn open(
        &self,
        context: &KeyContext,
        key: &WrappedKey,
        kek: Option<&TenantKek>,
    ) -> Result<B256, KeyError> {
        let (envelope, under) = self.under(context, key, kek)?;
        let dek = envelope.open_dek(context, under);
        dek.and_then(|dek| envelope.open_key(context, dek))
            .ok_or(KeyError::NotUnwrapped)
    }

    /// The envelope, and the half of the key-encryption key that it is sealed to.
    fn under(
        &self,
        context: &KeyContext,
        key: &WrappedKey,
        kek: Option<&TenantKek>,
    ) -> Result<(Envelope, B256), KeyError> {
        if !matches!(key.provider.as_str(), "local" | "vault" | "aws-kms") {
            return Err(KeyError::Provider {
                expected: "local, vault or aws-kms".to_owned(),
                found: key.provider.clone(),
            });
        }
        let envelope = Envelope::from_bytes(&key.envelope).ok_or(KeyError::Envelope)?;
        if key.version != context.version || envelope.kek() != key.kek {
            return Err(KeyError::NotUnwrapped);
        }
        let Some(version) = key.kek else {
            return Ok((envelope, self.derived(context)));
        };
        let named = kek.filter(|kek| kek.version == version);
        let named = named.ok_or(KeyError::KekMissing { version })?;
        if named.management.provider() != key.provider {
            return Err(KeyError::NotUnwrapped);
        }
        let opens = KekContext {
            tenant: context.tenant,
            version,
        };
        self.open_kek(opens, named)?;
        Ok((envelope, named.seals.into()))
    }

    fn wrap(&self, context: &KeyContext, kek: &TenantKek, secret: B256) -> (Address, WrappedKey) {
        let envelope = Envelope::seal(context, Some(kek.version), kek.seals.into(), secret, || {
            self.random()
        });
        let key = WrappedKey {
            provider: kek.management.provider().to_owned(),
            version: context.version,
            generation: 1,
            kek: Some(kek.version),
            envelope: envelope.to_bytes(),
        };
        (address_of(secret), key)
    }
}

impl Default for FakeKeys {
    fn default() -> Self {
        Self::new()
    }
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
        self.may_wrap()?;
        Ok(self.make_kek(root, context))
    }

    async fn generate(
        &self,
        context: KeyContext,
        kek: &TenantKek,
    ) -> Result<(Address, WrappedKey), KeyError> {
        // Needs no provider: it is sealed to a public half.
        self.demand_made(context.tenant, kek)?;
        Ok(self.wrap(&context, kek, self.random()))
    }

    fn admit(&self, tenant: TenantId, kek: &TenantKek) -> Result<(), KeyError> {
        self.demand_made(tenant, kek)
    }

    fn vouch(&self, tenant: TenantId, what: &[u8]) -> [u8; 32] {
        self.voucher(tenant, what)
    }

    async fn adopt(
        &self,
        context: KeyContext,
        tenant: &TenantName,
        id: &str,
    ) -> Result<(Address, WrappedKey), KeyError> {
        self.may_wrap()?;
        let of = lock(&self.0.state).elsewhere.get(id).cloned();
        if of.flatten().as_ref() != Some(tenant) {
            return Err(KeyError::NotTheTenants {
                detail: format!("{id} does not say that it is of {tenant}"),
            });
        }
        let address = address_of(keccak256(id));
        let key = WrappedKey {
            provider: EXTERNAL.to_owned(),
            version: context.version,
            generation: 1,
            kek: None,
            envelope: id.as_bytes().to_vec(),
        };
        Ok((address, key))
    }
}

#[async_trait]
impl Signer for FakeKeys {
    async fn sign(
        &self,
        context: KeyContext,
        key: &WrappedKey,
        kek: Option<&TenantKek>,
        address: Address,
        hash: B256,
    ) -> Result<Signature, KeyError> {
        self.may_unwrap()?;
        let secret = if key.provider == EXTERNAL {
            keccak256(&key.envelope)
        } else {
            self.open(&context, key, kek)?
        };
        if address_of(secret) != address {
            return Err(KeyError::WrongAddress);
        }
        lock(&self.0.state).signed.push((context.wallet, hash));
        Ok(fake_signature(address, hash))
    }
}
