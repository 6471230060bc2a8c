//! Money set aside and money spent, and the sums over both.

mod sum;

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_core::{Asset, BaseUnits, IntentId, Timestamp, Wei};
use vaultpilot_ports::store::{Reservation, StoreError};

use super::cell::{amount, nanos};
use super::error::writing;
use super::scope::Scope;
use super::transaction::together;
use crate::schema::reservations;

pub(super) use sum::{Spender, reserved, usage};

const AMOUNT: &str = "amount";
const GAS: &str = "gas";
const RESERVED: &str = "reserved";
const COMMITTED: &str = "committed";
const RELEASED: &str = "released";

#[derive(Insertable)]
#[diesel(table_name = reservations)]
struct ReservationRow<'a> {
    tenant_id: &'a str,
    intent_id: &'a str,
    kind: &'a str,
    asset: String,
    wallet_id: &'a str,
    agent: &'a str,
    dated_at: i64,
    state: &'a str,
    reserved: Vec<u8>,
    counted: Vec<u8>,
}

pub(super) fn insert(
    conn: &mut SqliteConnection,
    scope: &Scope,
    reservation: &Reservation,
) -> Result<(), StoreError> {
    let gas = (
        GAS,
        Asset::native(reservation.chain),
        reservation.gas.to_base_units(),
    );
    let amounts = reservation
        .amounts
        .iter()
        .map(|(asset, units)| (AMOUNT, *asset, *units));
    let (intent, wallet) = (
        reservation.intent.to_string(),
        reservation.wallet.to_string(),
    );
    together(conn, |conn| {
        // Gas first: there is always exactly one, so a second reservation conflicts on it.
        for (kind, asset, units) in std::iter::once(gas).chain(amounts) {
            let row = ReservationRow {
                tenant_id: scope.key(),
                intent_id: &intent,
                kind,
                asset: asset.to_string(),
                wallet_id: &wallet,
                agent: &reservation.agent,
                dated_at: nanos(reservation.at),
                state: RESERVED,
                reserved: amount(units),
                counted: amount(units),
            };
            diesel::insert_into(reservations::table)
                .values(&row)
                .execute(conn)
                .map_err(writing("reservation"))?;
        }
        Ok(())
    })
}

pub(super) fn commit(
    conn: &mut SqliteConnection,
    scope: &Scope,
    intent: IntentId,
    spent: bool,
    gas: Wei,
    at: Timestamp,
) -> Result<(), StoreError> {
    let intent = intent.to_string();
    let its = reservations::table
        .filter(reservations::tenant_id.eq(scope.key()))
        .filter(reservations::intent_id.eq(&intent));
    let amounts = its.filter(reservations::kind.eq(AMOUNT));
    let committed = reservations::state.eq(COMMITTED);
    together(conn, |conn| {
        // Before the state says that it was committed already: a repeated commit keeps the date.
        diesel::update(its.filter(reservations::state.ne(COMMITTED)))
            .set(reservations::dated_at.eq(nanos(at)))
            .execute(conn)
            .map_err(writing("reservation"))?;
        if spent {
            diesel::update(amounts)
                .set((committed, reservations::counted.eq(reservations::reserved)))
                .execute(conn)
        } else {
            diesel::update(amounts)
                .set((committed, reservations::counted.eq(amount(BaseUnits::ZERO))))
                .execute(conn)
        }
        .map_err(writing("reservation"))?;
        diesel::update(its.filter(reservations::kind.eq(GAS)))
            .set((
                committed,
                reservations::counted.eq(amount(gas.to_base_units())),
            ))
            .execute(conn)
            .map_err(writing("reservation"))?;
        Ok(())
    })
}

pub(super) fn restore(
    conn: &mut SqliteConnection,
    scope: &Scope,
    intent: IntentId,
) -> Result<(), StoreError> {
    let its = reservations::table
        .filter(reservations::tenant_id.eq(scope.key()))
        .filter(reservations::intent_id.eq(intent.to_string()));
    diesel::update(its)
        .set((
            reservations::state.eq(RESERVED),
            reservations::counted.eq(reservations::reserved),
        ))
        .execute(conn)
        .map_err(writing("reservation"))?;
    Ok(())
}

pub(super) fn release(
    conn: &mut SqliteConnection,
    scope: &Scope,
    intent: IntentId,
) -> Result<(), StoreError> {
    let its = reservations::table
        .filter(reservations::tenant_id.eq(scope.key()))
        .filter(reservations::intent_id.eq(intent.to_string()));
    diesel::update(its)
        .set((
            reservations::state.eq(RELEASED),
            reservations::counted.eq(amount(BaseUnits::ZERO)),
        ))
        .execute(conn)
        .map_err(writing("reservation"))?;
    Ok(())
}
