//! Wallets, each made with its key.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use vaultpilot_core::{Address, ChainId, Label, Managed, Wallet, WalletId, WalletState};
use vaultpilot_ports::keys::WrappedKey;
use vaultpilot_ports::store::{Page, StoreError};

use super::error::{reading, writing};
use super::transaction::one;
use super::wallet_key;
use crate::cell::{Cells, address};
use crate::row::wallet::WalletRow;
use crate::schema::wallets;
use crate::scope::Scope;

pub(super) async fn fetch(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    id: WalletId,
) -> Result<Option<Wallet>, StoreError> {
    let row = wallets::table
        .filter(wallets::tenant_id.eq(scope.key()))
        .filter(wallets::id.eq(id.to_string()))
        .select(WalletRow::as_select())
        .first(conn)
        .await
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read()).transpose()
}

pub(super) async fn find(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    label: &Label,
) -> Result<Option<Wallet>, StoreError> {
    let row = wallets::table
        .filter(wallets::tenant_id.eq(scope.key()))
        .filter(wallets::label.eq(label.as_str()))
        .select(WalletRow::as_select())
        .first(conn)
        .await
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read()).transpose()
}

pub(super) async fn find_by_address(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    wanted: Address,
) -> Result<Option<Wallet>, StoreError> {
    let row = wallets::table
        .filter(wallets::tenant_id.eq(scope.key()))
        .filter(wallets::address.eq(address(wanted)))
        .select(WalletRow::as_select())
        .first(conn)
        .await
        .optional()
        .map_err(reading)?;
    row.map(|row| row.read()).transpose()
}

pub(super) async fn list(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    page: &Page,
) -> Result<Vec<Wallet>, StoreError> {
    let mut rows = wallets::table
        .filter(wallets::tenant_id.eq(scope.key()))
        .order(wallets::label)
        .limit(i64::from(page.limit.min(Page::MAX)))
        .select(WalletRow::as_select())
        .into_boxed();
    if let Some(after) = &page.after {
        rows = rows.filter(wallets::label.gt(after));
    }
    rows.load(conn)
        .await
        .map_err(reading)?
        .iter()
        .map(WalletRow::read)
        .collect()
}

pub(super) async fn insert(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    wallet: &Wallet,
    key: &WrappedKey,
) -> Result<(), StoreError> {
    scope.own(wallet.tenant)?;
    let row = WalletRow::write(scope, wallet)?;
    let taken = fetch(conn, scope, wallet.id).await?.is_some()
        || find(conn, scope, &wallet.label).await?.is_some();
    if taken {
        return Err(StoreError::Conflict { what: "wallet" });
    }
    wallet_key::opens(conn, scope, key).await?;
    // The address is the only thing left that somebody else can have: any tenant.
    let inserted = diesel::insert_into(wallets::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(conn)
        .await
        .map_err(writing("wallet address"))?;
    one(inserted, "wallet address")?;
    wallet_key::insert(conn, scope, wallet.id, key).await
}

pub(super) async fn update(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    id: WalletId,
    state: &WalletState,
) -> Result<(), StoreError> {
    let id = id.to_string();
    let state = Cells::of("wallets", &id).to_json("state", state)?;
    let mine = wallets::table
        .filter(wallets::tenant_id.eq(scope.key()))
        .filter(wallets::id.eq(&id));
    let updated = diesel::update(mine)
        .set(wallets::state.eq(state))
        .execute(conn)
        .await
        .map_err(writing("wallet"))?;
    one(updated, "wallet")
}

pub(super) async fn manage(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    id: WalletId,
    managed: Option<&Managed>,
) -> Result<(), StoreError> {
    let id = id.to_string();
    let managed = Cells::of("wallets", &id).to_maybe_json("managed", managed)?;
    let mine = wallets::table
        .filter(wallets::tenant_id.eq(scope.key()))
        .filter(wallets::id.eq(&id));
    let updated = diesel::update(mine)
        .set(wallets::managed.eq(managed))
        .execute(conn)
        .await
        .map_err(writing("wallet"))?;
    one(updated, "wallet")
}

pub(super) async fn add_chains(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    id: WalletId,
    chains: &[ChainId],
) -> Result<(), StoreError> {
    let mut wallet = fetch(conn, scope, id)
        .await?
        .ok_or(StoreError::Conflict { what: "wallet" })?;
    wallet.chains.extend_from_slice(chains);
    wallet.chains.sort_unstable();
    wallet.chains.dedup();
    let row = WalletRow::write(scope, &wallet)?;
    let mine = wallets::table
        .filter(wallets::tenant_id.eq(scope.key()))
        .filter(wallets::id.eq(&row.id));
    diesel::update(mine)
        .set(wallets::chains.eq(row.chains))
        .execute(conn)
        .await
        .map_err(writing("wallet"))?;
    Ok(())
}
