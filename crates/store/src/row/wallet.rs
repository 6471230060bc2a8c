//! A wallet as a row.

use diesel::prelude::*;
use vaultpilot_core::Wallet;
use vaultpilot_ports::store::StoreError;

use crate::cell::{Cells, address, nanos};
use crate::schema::wallets;
use crate::scope::Scope;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = wallets)]
pub(crate) struct WalletRow {
    pub(crate) tenant_id: String,
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) address: String,
    pub(crate) chains: String,
    pub(crate) state: String,
    pub(crate) managed: Option<String>,
    pub(crate) created_at: i64,
}

impl WalletRow {
    pub(crate) fn write(scope: &Scope, wallet: &Wallet) -> Result<Self, StoreError> {
        let id = wallet.id.to_string();
        let cells = Cells::of("wallets", &id);
        Ok(Self {
            tenant_id: scope.key().to_owned(),
            label: wallet.label.to_string(),
            address: address(wallet.address),
            chains: cells.to_json("chains", &wallet.chains)?,
            state: cells.to_json("state", &wallet.state)?,
            managed: cells.to_maybe_json("managed", wallet.managed.as_ref())?,
            created_at: nanos(wallet.created_at),
            id,
        })
    }

    pub(crate) fn read(&self) -> Result<Wallet, StoreError> {
        let cells = Cells::of("wallets", &self.id);
        Ok(Wallet {
            id: cells.parse("id", &self.id)?,
            tenant: cells.parse("tenant_id", &self.tenant_id)?,
            label: cells.parse("label", &self.label)?,
            address: cells.parse("address", &self.address)?,
            chains: cells.json("chains", &self.chains)?,
            state: cells.json("state", &self.state)?,
            managed: cells.maybe_json("managed", self.managed.as_deref())?,
            created_at: cells.time("created_at", self.created_at)?,
        })
    }
}
