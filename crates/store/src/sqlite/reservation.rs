//! Money set aside and money spent, and the sums over both.

mod sum;

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_core::{BaseUnits, IntentId, Timestamp, Wei};
use vaultpilot_ports::store::{Reservation, StoreError};

use super::cell::{amount, nanos};
use super::error::writing;
use super::scope::Scope;
use super::transaction::together;
use crate::row::reservation::{AMOUNT, COMMITTED, GAS, RELEASED, RESERVED, ReservationRow};
use crate::schema::reservations;

pub(super) use crate::row::reservation::Spender;
pub(super) use sum::{reserved, usage};

pub(super) fn insert(
    conn: &mut SqliteConnection,
    scope: &Scope,
    reservation: &Reservation,
) -> Result<(), StoreError> {
    together(conn, |conn| {
        for row in ReservationRow::all(scope, reservation) {
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
