//! Who was paid in which asset: a projection of intents that are in a block, kept in the
//! transaction that moves them there and back.

use std::collections::BTreeMap;

use diesel::dsl::min;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_core::{Address, Asset, Effect, WalletId};
use vaultpilot_intent::{Intent, StateName};
use vaultpilot_policy::RecipientFacts;
use vaultpilot_ports::store::StoreError;

use super::cell::{Cells, address, nanos};
use super::error::{reading, writing};
use super::scope::Scope;
use crate::schema::payments;

#[derive(Insertable)]
#[diesel(table_name = payments)]
struct PaymentRow<'a> {
    tenant_id: &'a str,
    wallet_id: String,
    recipient: String,
    asset: String,
    intent_id: String,
    made_at: i64,
}

pub(super) fn project(
    conn: &mut SqliteConnection,
    scope: &Scope,
    intent: &Intent,
) -> Result<(), StoreError> {
    match intent.state.name() {
        StateName::Confirmed | StateName::Final => note(conn, scope, intent),
        // Only a block can have been reorganised away: nothing else was ever noted.
        StateName::Broadcast | StateName::Ambiguous | StateName::Reverted => {
            forget(conn, scope, intent)
        }
        _ => Ok(()),
    }
}

fn note(conn: &mut SqliteConnection, scope: &Scope, intent: &Intent) -> Result<(), StoreError> {
    for effect in &intent.effects {
        let Effect::Outflow {
            asset, recipient, ..
        } = effect
        else {
            continue;
        };
        let row = PaymentRow {
            tenant_id: scope.key(),
            wallet_id: intent.wallet.to_string(),
            recipient: address(*recipient),
            asset: asset.to_string(),
            intent_id: intent.id.to_string(),
            made_at: nanos(intent.created_at),
        };
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
