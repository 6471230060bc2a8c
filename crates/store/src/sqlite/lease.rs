//! Who may sign for an address on a chain, until when, in which epoch.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use vaultpilot_core::Timestamp;
use vaultpilot_ports::store::{Lease, StoreError};

use super::cell::{address, nanos};
use super::error::{reading, writing};
use super::transaction::immediate;
use crate::row::lease::LeaseRow;
use crate::schema::leases;

/// Gives `wanted` with its epoch, or nothing while somebody else's has not expired.
pub(super) fn acquire(
    conn: &mut SqliteConnection,
    mut wanted: Lease,
    now: Timestamp,
) -> Result<Option<Lease>, StoreError> {
    immediate(conn, |conn| {
        wanted.epoch = match held(conn, &wanted)? {
            None => 1,
            // Expired, whoever held it: what was begun under the old epoch is fenced off.
            Some(held) if held.expires_at <= nanos(now) => held.epoch.saturating_add(1),
            Some(held) if held.holder == wanted.holder => held.epoch,
            Some(_) => return Ok(None),
        };
        let row = LeaseRow::write(&wanted);
        diesel::insert_into(leases::table)
            .values(&row)
            .on_conflict((leases::chain, leases::address))
            .do_update()
            .set(&row)
            .execute(conn)
            .map_err(writing("lease"))?;
        Ok(Some(wanted))
    })
}

/// Whether nobody has taken the lease over; asked in the transaction that relies on it.
pub(super) fn check(conn: &mut SqliteConnection, lease: &Lease) -> Result<(), StoreError> {
    match held(conn, lease)? {
        Some(held) if held.is(lease) => Ok(()),
        _ => Err(StoreError::LeaseLost),
    }
}

fn held(conn: &mut SqliteConnection, lease: &Lease) -> Result<Option<LeaseRow>, StoreError> {
    leases::table
        .filter(leases::chain.eq(lease.chain.to_string()))
        .filter(leases::address.eq(address(lease.address)))
        .select(LeaseRow::as_select())
        .first(conn)
        .optional()
        .map_err(reading)
}
