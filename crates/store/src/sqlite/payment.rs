//! Who was paid in which asset: a projection of intents that are in a block, kept in the
//! transaction that moves them there and back.

use std::collections::BTreeMap;

use diesel::dsl::min;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_core::{Address, Asset, WalletId};
use vaultpilot_intent::Intent;
use vaultpilot_policy::RecipientFacts;
use vaultpilot_ports::store::StoreError;

use super::cell::{Cells, address};
use super::error::{reading, writing};
use super::scope::Scope;
use crate::row::payment::{PaymentRow, Projection};
use crate::schema::payments;

pub(super) fn project(
    conn: &mut SqliteConnection,
    scope: &Scope,
    intent: &Intent,
) -> Result<(), StoreError> {
    match Projection::of(intent) {
        Projection::Noted => note(conn, scope, intent),
        Projection::Forgotten => forget(conn, scope, intent),
        Projection::AsItWas => Ok(()),
    }
}

fn note(conn: &mut SqliteConnection, scope: &Scope, intent: &Intent) -> Result<(), StoreError> {
    for row in PaymentRow::all(scope, intent) {
        diesel::insert_into(payments::table)
            .values(&row)
            .on_conflict_do_nothing()
            .execute(conn)
            .map_err(writing("payment"))?;
    }
    Ok(())
}

fn forget(conn: &mut SqliteConnection, scope: &Scope, intent: &Intent) -> Result<(), StoreError> {
    let its = payments::table
        .filter(payments::tenant_id.eq(scope.key()))
        .filter(payments::intent_id.eq(intent.id.to_string()));
    diesel::delete(its)
        .execute(conn)
        .map_err(writing("payment"))?;
    Ok(())
}

pub(super) fn recipients(
    conn: &mut SqliteConnection,
    scope: &Scope,
    wallet: WalletId,
    asset: Asset,
    addresses: &[Address],
) -> Result<BTreeMap<Address, RecipientFacts>, StoreError> {
    let (wallet, asset) = (wallet.to_string(), asset.to_string());
    let mut paid = BTreeMap::new();
    // One look-up each: a call pays one or a few, and the statement stays prepared.
    for recipient in addresses {
        let text = address(*recipient);
        let first: Option<i64> = payments::table
            .filter(payments::tenant_id.eq(scope.key()))
            .filter(payments::wallet_id.eq(&wallet))
            .filter(payments::recipient.eq(&text))
            .filter(payments::asset.eq(&asset))
            .select(min(payments::made_at))
            .first(conn)
            .map_err(reading)?;
        let cells = Cells::of("payments", &text);
        if let Some(first_paid_at) = cells.maybe_time("made_at", first)? {
            paid.insert(*recipient, RecipientFacts { first_paid_at });
        }
    }
    Ok(paid)
}
