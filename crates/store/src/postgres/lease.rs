//! Who may sign for an address on a chain, until when, in which epoch.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use vaultpilot_core::Timestamp;
use vaultpilot_ports::store::{Lease, StoreError};

use super::error::{reading, writing};
use crate::cell::{address, nanos};
use crate::row::lease::LeaseRow;
use crate::schema::leases;

/// One statement. It renews the holder's own lease, takes over one that has ended, or makes the
/// first; at most one of the three finds its row. Whoever comes in vain locks nothing, and a lease
/// that somebody is just taking over, or under which a nonce is being bound, is passed by: no
/// executor ever waits for another.
const ACQUIRE: &str = "
    WITH renewed AS (
        UPDATE leases SET
            epoch = epoch + CASE WHEN expires_at <= $5 THEN 1 ELSE 0 END,
            expires_at = $4
        WHERE chain = $1 AND address = $2 AND holder = $3
        RETURNING epoch
    ), ended AS (
        SELECT chain, address FROM leases
        WHERE chain = $1 AND address = $2 AND holder <> $3 AND expires_at <= $5
        FOR NO KEY UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE leases SET holder = $3, epoch = leases.epoch + 1, expires_at = $4
        FROM ended WHERE leases.chain = ended.chain AND leases.address = ended.address
        RETURNING leases.epoch
    ), made AS (
        INSERT INTO leases (chain, address, holder, epoch, expires_at)
        SELECT $1, $2, $3, 1, $4
        WHERE NOT EXISTS (SELECT FROM leases WHERE chain = $1 AND address = $2)
        ON CONFLICT DO NOTHING
        RETURNING epoch
    )
    SELECT epoch FROM renewed UNION ALL SELECT epoch FROM taken UNION ALL SELECT epoch FROM made
";

#[derive(QueryableByName)]
struct Given {
    #[diesel(sql_type = BigInt)]
    epoch: i64,
}

/// Gives `wanted` with its epoch, or nothing while somebody else's has not expired.
pub(super) async fn acquire(
    conn: &mut AsyncPgConnection,
    wanted: Lease,
    now: Timestamp,
) -> Result<Option<Lease>, StoreError> {
    let given: Option<Given> = diesel::sql_query(ACQUIRE)
        .bind::<Text, _>(wanted.chain.to_string())
        .bind::<Text, _>(address(wanted.address))
        .bind::<Text, _>(&wanted.holder)
        .bind::<BigInt, _>(nanos(wanted.expires_at))
        .bind::<BigInt, _>(nanos(now))
        .get_result(conn)
        .await
        .optional()
        .map_err(writing("lease"))?;
    Ok(given.map(|Given { epoch }| Lease { epoch, ..wanted }))
}

/// Whether nobody has taken the lease over; nobody does before the transaction that relies on it
/// has ended.
pub(super) async fn check(conn: &mut AsyncPgConnection, lease: &Lease) -> Result<(), StoreError> {
    let held: Option<LeaseRow> = leases::table
        .filter(leases::chain.eq(lease.chain.to_string()))
        .filter(leases::address.eq(address(lease.address)))
        .select(LeaseRow::as_select())
        .for_share()
        .first(conn)
        .await
        .optional()
        .map_err(reading)?;
    match held {
        Some(held) if held.is(lease) => Ok(()),
        _ => Err(StoreError::LeaseLost),
    }
}
