//! The contract of `KeyWrapper`, `Signer` and `Custodian`.

mod context;
mod custody;
mod envelope;
mod kek;
mod rotation;

use std::collections::BTreeSet;

use vaultpilot_core::{Address, B256, KeyManagement, TenantId, U256};
use vaultpilot_ports::keys::{
    Custodian, KekContext, KeyContext, KeyError, KeyWrapper, Signature, Signer, TenantKek,
    WrappedKey,
};

use crate::fixture::{hash, tenant_id, wallet_id};

/// Half of the order of secp256k1, rounded down.
const HALF_ORDER: U256 = U256::from_limbs([
    0xdfe9_2f46_681b_20a0,
    0x5d57_6e73_57a4_501d,
    0xffff_ffff_ffff_ffff,
    0x7fff_ffff_ffff_ffff,
]);

/// The two sides of one house, and what a caller knows beside them.
#[derive(Clone, Copy)]
pub struct Bench<'a> {
    pub wrapper: &'a dyn KeyWrapper,
    pub signer: &'a dyn Signer,
    pub custodian: &'a dyn Custodian,
    /// The root that the tenants of these tests have chosen.
    pub management: &'a KeyManagement,
    /// Whether a signature over a hash is the address's.
    pub signed_by: &'a dyn Fn(Address, B256, &Signature) -> bool,
    /// An import recipient, as people see it.
    pub recipient: &'a dyn Fn(&[u8; 32]) -> String,
    /// Seals a text to an import recipient.
    pub seal: &'a dyn Fn(&[u8; 32], &str) -> String,
}

/// Runs every case.
pub async fn run(bench: Bench<'_>) {
    signs_what_it_wrapped(bench).await;
    gives_no_key_twice(bench).await;
    signs_for_its_address_only(bench).await;
    context::run(bench).await;
    envelope::run(bench).await;
    kek::run(bench).await;
    rotation::run(bench).await;
    custody::run(bench).await;
}

fn context() -> KeyContext {
    KeyContext {
        tenant: tenant_id(),
        wallet: wallet_id(),
        version: 1,
    }
}

/// A key as its rows have it.
struct Made {
    context: KeyContext,
    kek: TenantKek,
    key: WrappedKey,
    address: Address,
}

impl Bench<'_> {
    async fn kek(&self, tenant: TenantId, version: u32) -> TenantKek {
        let context = KekContext { tenant, version };
        self.wrapper.kek(self.management, context).await.unwrap()
    }

    /// A new wallet of a new tenant.
    async fn made(&self) -> Made {
        self.made_in(context()).await
    }

    async fn made_in(&self, context: KeyContext) -> Made {
        let kek = self.kek(context.tenant, 1).await;
        let generated = self.wrapper.generate(context, &kek).await;
        let (address, key) = generated.unwrap();
        Made {
            context,
            kek,
            key,
            address,
        }
    }

    async fn sign(&self, made: &Made) -> Result<Signature, KeyError> {
        self.sign_with(made, &made.key, &made.kek).await
    }

    async fn sign_with(
        &self,
        made: &Made,
        key: &WrappedKey,
        kek: &TenantKek,
    ) -> Result<Signature, KeyError> {
        let hash = hash();
        let signed = self
            .signer
            .sign(made.context, key, Some(kek), made.address, hash)
            .await;
        if let Ok(signature) = &signed {
            assert!((self.signed_by)(made.address, hash, signature));
        }
        signed
    }
}

async fn signs_what_it_wrapped(bench: Bench<'_>) {
    for version in [1, 2, u32::MAX] {
        let made = bench
            .made_in(KeyContext {
                version,
                ..context()
            })
            .await;
        let Made { kek, key, .. } = &made;
        assert_eq!((key.version, key.generation), (version, 1));
        assert_eq!(key.kek, Some(kek.version));
        assert_eq!(key.provider, bench.management.provider());
        assert!(!made.address.is_zero());
        let sign = async |hash| {
            let signed = bench
                .signer
                .sign(made.context, key, Some(kek), made.address, hash);
            signed.await.unwrap()
        };
        for _ in 0..8 {
            let hash = hash();
            let signature = sign(hash).await;
            assert!((bench.signed_by)(made.address, hash, &signature));
            assert!(!(bench.signed_by)(made.address, B256::ZERO, &signature));
            assert!(signature.s <= HALF_ORDER, "s is in the lower half (EIP-2)");
            assert_eq!(sign(hash).await, signature, "the same bytes on every retry");
        }
    }
}

async fn gives_no_key_twice(bench: Bench<'_>) {
    let context = context();
    let kek = bench.kek(context.tenant, 1).await;
    let mut addresses = BTreeSet::new();
    let mut envelopes = BTreeSet::new();
    for _ in 0..16 {
        let generated = bench.wrapper.generate(context, &kek).await;
        let (address, key) = generated.unwrap();
        assert!(addresses.insert(address), "two calls gave one key");
        assert!(envelopes.insert(key.envelope));
    }
}

async fn signs_for_its_address_only(bench: Bench<'_>) {
    let mut made = bench.made().await;
    let other = bench.made().await.address;
    // Before it was ever opened, and while it is held in memory.
    for _ in 0..2 {
        let right = made.address;
        for wrong in [other, Address::ZERO] {
            made.address = wrong;
            assert_eq!(bench.sign(&made).await, Err(KeyError::WrongAddress));
        }
        made.address = right;
        assert!(bench.sign(&made).await.is_ok());
    }
}
