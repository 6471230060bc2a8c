//! A wrapped key as a row.

pub(crate) mod newer;

use diesel::prelude::*;
use vaultpilot_core::WalletId;
use vaultpilot_ports::keys::WrappedKey;
use vaultpilot_ports::store::StoreError;

use crate::cell::Cells;
use crate::schema::wallet_keys;
use crate::scope::Scope;

/// What wrapped the keys of before tenants had key-encryption keys.
pub(crate) const LOCAL: &str = "local";

pub(crate) const CONFLICT: StoreError = StoreError::Conflict { what: "wallet key" };

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = wallet_keys)]
pub(crate) struct WalletKeyRow {
    tenant_id: String,
    wallet_id: String,
    version: i64,
    generation: i64,
    provider: String,
    kek: Option<i64>,
    envelope: Vec<u8>,
}

impl WalletKeyRow {
    pub(crate) fn write(scope: &Scope, wallet: WalletId, key: &WrappedKey) -> Self {
        Self {
            tenant_id: scope.key().to_owned(),
            wallet_id: wallet.to_string(),
            version: i64::from(key.version),
            generation: i64::from(key.generation),
            provider: key.provider.clone(),
            kek: key.kek.map(i64::from),
            envelope: key.envelope.clone(),
        }
    }

    pub(crate) fn read(self) -> Result<WrappedKey, StoreError> {
        let cells = Cells::of("wallet_keys", &self.wallet_id);
        Ok(WrappedKey {
            version: cells.integer("version", self.version)?,
            generation: cells.integer("generation", self.generation)?,
            kek: kek(cells, self.kek)?,
            provider: self.provider,
            envelope: self.envelope,
        })
    }

    pub(crate) fn read_with_wallet(self) -> Result<(WalletId, WrappedKey), StoreError> {
        let id = Cells::of("wallet_keys", &self.wallet_id).parse("wallet_id", &self.wallet_id)?;
        Ok((id, self.read()?))
    }
}

fn kek(cells: Cells<'_>, kek: Option<i64>) -> Result<Option<u32>, StoreError> {
    kek.map(|kek| cells.integer("kek", kek)).transpose()
}

/// How many keys are under what.
pub(crate) type Tally = (String, Option<i64>, i64);

pub(crate) fn read_tally(
    scope: &Scope,
    (provider, of, count): Tally,
) -> Result<((String, Option<u32>), u64), StoreError> {
    let cells = Cells::of("wallet_keys", scope.key());
    let count = cells.integer("count", count)?;
    Ok(((provider, kek(cells, of)?), count))
}

/// Whether `key` is the next generation of `newest`.
pub(crate) fn follows(key: &WrappedKey, newest: &WrappedKey) -> bool {
    key.version == newest.version && newest.generation.checked_add(1) == Some(key.generation)
}
