//! Nonces: each has one owner for ever.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use vaultpilot_core::{Address, ChainId, IntentId};
use vaultpilot_ports::store::{Lease, StoreError};

use super::error::{reading, writing};
use super::lease;
use super::transaction::one;
use crate::cell::{Cells, address};
use crate::schema::nonces;
use crate::scope::Scope;

pub(super) async fn next(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    chain: ChainId,
    from: Address,
) -> Result<Option<u64>, StoreError> {
    let from = address(from);
    let highest: Option<i64> = nonces::table
        .filter(nonces::tenant_id.eq(scope.key()))
        .filter(nonces::chain.eq(chain.to_string()))
        .filter(nonces::address.eq(&from))
        .order(nonces::nonce.desc())
        .select(nonces::nonce)
        .first(conn)
        .await
        .optional()
        .map_err(reading)?;
    let cells = Cells::of("nonces", &from);
    highest
        .map(|nonce| Ok(cells.integer::<u64>("nonce", nonce)?.saturating_add(1)))
        .transpose()
}

/// Taking one's own nonce again changes nothing.
pub(super) async fn take(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    lease: &Lease,
    nonce: u64,
    intent: IntentId,
) -> Result<(), StoreError> {
    lease::check(conn, lease).await?;
    let (chain, from) = (lease.chain.to_string(), address(lease.address));
    let nonce = Cells::of("nonces", &from).signed("nonce", nonce)?;
    let intent = intent.to_string();
    let taken = diesel::insert_into(nonces::table)
        .values((
            nonces::chain.eq(&chain),
            nonces::address.eq(&from),
            nonces::nonce.eq(nonce),
            nonces::tenant_id.eq(scope.key()),
            nonces::intent_id.eq(&intent),
            nonces::epoch.eq(lease.epoch),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
        .map_err(writing("nonce"))?;
    if taken == 1 {
        return Ok(());
    }
    let ours: i64 = nonces::table
        .filter(nonces::chain.eq(&chain))
        .filter(nonces::address.eq(&from))
        .filter(nonces::nonce.eq(nonce))
        .filter(nonces::tenant_id.eq(scope.key()))
        .filter(nonces::intent_id.eq(&intent))
        .count()
        .get_result(conn)
        .await
        .map_err(reading)?;
    one(usize::from(ours == 1), "nonce")
}
