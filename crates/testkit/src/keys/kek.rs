//! The fake's key-encryption keys.

use alloy_primitives::{B256, keccak256};
use vaultpilot_core::{KeyManagement, TenantId, Timestamp};
use vaultpilot_ports::keys::{KekContext, KeyError, TenantKek};

use super::FakeKeys;
use super::envelope::tag;
use crate::lock;

fn seals(seed: B256) -> [u8; 32] {
    keccak256([seed.as_slice(), b"seals"].concat()).0
}

fn imports(seed: B256) -> [u8; 32] {
    keccak256([seed.as_slice(), b"imports"].concat()).0
}

fn name(version: u32) -> String {
    format!("fake:{version}")
}

impl FakeKeys {
    pub(super) fn make_kek(&self, management: &KeyManagement, context: KekContext) -> TenantKek {
        let seed = self.random();
        let version = lock(&self.0.state).root;
        let mut kek = TenantKek {
            version: context.version,
            generation: 1,
            management: management.clone(),
            root: name(version),
            wrapped: self.wrap_seed(management, context, version, seed),
            seals: seals(seed),
            imports: imports(seed),
            mac: [0; 32],
            created_at: Timestamp::UNIX_EPOCH,
        };
        kek.mac = self.mac(context.tenant, &kek);
        kek
    }

    fn mac(&self, tenant: TenantId, kek: &TenantKek) -> [u8; 32] {
        let TenantKek {
            version,
            management,
            seals,
            imports,
            ..
        } = kek;
        let bound = format!("{}|{tenant}|{version}|{management:?}", self.0.root);
        keccak256([bound.as_bytes(), seals, imports].concat()).0
    }

    pub(super) fn voucher(&self, tenant: TenantId, what: &[u8]) -> [u8; 32] {
        let bound = format!("{}|voucher|{tenant}|", self.0.root);
        keccak256([bound.as_bytes(), what].concat()).0
    }

    /// # Errors
    /// `KekForged` when this house did not make it for this tenant.
    pub(super) fn demand_made(&self, tenant: TenantId, kek: &TenantKek) -> Result<(), KeyError> {
        if self.mac(tenant, kek) == kek.mac {
            Ok(())
        } else {
            Err(KeyError::KekForged)
        }
    }

    /// Whether a key may be sealed to this one: this house made it, and its root opens it.
    pub(super) fn demand_opens(&self, tenant: TenantId, kek: &TenantKek) -> Result<(), KeyError> {
        self.demand_made(tenant, kek)?;
        let version = kek.version;
        self.open_kek(KekContext { tenant, version }, kek).map(drop)
    }

    fn seed_mask(&self, management: &KeyManagement, context: KekContext, version: u32) -> B256 {
        let KekContext {
            tenant,
            version: kek,
        } = context;
        keccak256(format!(
            "{}|{management:?}|{version}|{tenant}|{kek}",
            self.0.root
        ))
    }

    fn wrap_seed(
        &self,
        management: &KeyManagement,
        context: KekContext,
        version: u32,
        seed: B256,
    ) -> Vec<u8> {
        let mask = self.seed_mask(management, context, version);
        let body = seed ^ mask;
        [body, tag(mask, body)].concat()
    }

    /// The seed, if it is this row's in this context.
    pub(super) fn open_kek(&self, context: KekContext, kek: &TenantKek) -> Result<B256, KeyError> {
        let opened = self.opened(context, kek).ok_or(KeyError::NotUnwrapped)?;
        lock(&self.0.state).unwrapped.push(context);
        Ok(opened)
    }

    fn opened(&self, context: KekContext, kek: &TenantKek) -> Option<B256> {
        let version: u32 = kek.root.strip_prefix("fake:")?.parse().ok()?;
        let mask = self.seed_mask(&kek.management, context, version);
        let (body, stored) = kek.wrapped.split_first_chunk::<32>()?;
        let body = B256::from(*body);
        let seed = body ^ mask;
        let real = tag(mask, body).as_slice() == stored
            && seals(seed) == kek.seals
            && imports(seed) == kek.imports;
        real.then_some(seed)
    }

    /// The same key under the root's newest version.
    pub(super) fn rewrap_seed(
        &self,
        context: KekContext,
        kek: &TenantKek,
    ) -> Result<Option<TenantKek>, KeyError> {
        let seed = self.open_kek(context, kek)?;
        let version = lock(&self.0.state).root;
        if kek.root == name(version) {
            return Ok(None);
        }
        Ok(Some(TenantKek {
            generation: kek.generation.saturating_add(1),
            root: name(version),
            wrapped: self.wrap_seed(&kek.management, context, version, seed),
            ..kek.clone()
        }))
    }
}
