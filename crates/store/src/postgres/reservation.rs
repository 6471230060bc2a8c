//! Money set aside and money spent, and the sums over both.

mod sum;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use vaultpilot_core::{BaseUnits, IntentId, Timestamp, Wei};
use vaultpilot_ports::store::{Reservation, StoreError};

use super::error::writing;
use super::transaction::one;
use crate::cell::{amount, nanos};
use crate::row::reservation::{AMOUNT, COMMITTED, GAS, RELEASED, RESERVED, ReservationRow};
use crate::schema::reservations;
use crate::scope::Scope;

pub(super) use sum::{reserved, usage};

pub(super) async fn insert(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    reservation: &Reservation,
) -> Result<(), StoreError> {
    let mut rows = ReservationRow::all(scope, reservation);
    let amounts = rows.split_off(1);
    let inserted = diesel::insert_into(reservations::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(conn)
        .await
        .map_err(writing("reservation"))?;
    one(inserted, "reservation")?;
    diesel::insert_into(reservations::table)
        .values(amounts)
        .execute(conn)
        .await
        .map_err(writing("reservation"))?;
    Ok(())
}

pub(super) async fn commit(
    conn: &mut AsyncPgConnection,
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
    // Before the state says that it was committed already: a repeated commit keeps the date.
    diesel::update(its.filter(reservations::state.ne(COMMITTED)))
        .set(reservations::dated_at.eq(nanos(at)))
        .execute(conn)
        .await
        .map_err(writing("reservation"))?;
    if spent {
        diesel::update(amounts)
            .set((committed, reservations::counted.eq(reservations::reserved)))
            .execute(conn)
            .await
    } else {
        diesel::update(amounts)
            .set((committed, reservations::counted.eq(amount(BaseUnits::ZERO))))
            .execute(conn)
            .await
    }
    .map_err(writing("reservation"))?;
    diesel::update(its.filter(reservations::kind.eq(GAS)))
        .set((
            committed,
            reservations::counted.eq(amount(gas.to_base_units())),
        ))
        .execute(conn)
        .await
        .map_err(writing("reservation"))?;
    Ok(())
}

pub(super) async fn restore(
    conn: &mut AsyncPgConnection,
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
        .await
        .map_err(writing("reservation"))?;
    Ok(())
}

pub(super) async fn release(
    conn: &mut AsyncPgConnection,
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
        .await
        .map_err(writing("reservation"))?;
    Ok(())
}
