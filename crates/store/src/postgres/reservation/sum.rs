//! Sums in 256 bits, over rows that an index hands out.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use vaultpilot_core::{Asset, BaseUnits, Timestamp, WalletId};
use vaultpilot_policy::{CounterScope, UsageKey, Used};
use vaultpilot_ports::store::StoreError;

use crate::cell::nanos;
use crate::postgres::error::reading;
use crate::row::reservation::{AMOUNT, COMMITTED, RESERVED, Spender, Usage, total};
use crate::schema::reservations;
use crate::scope::Scope;

pub(in crate::postgres) async fn usage(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    key: &UsageKey,
    spender: &Spender<'_>,
    since: Timestamp,
) -> Result<Used, StoreError> {
    let asset = key.asset.to_string();
    let mut used = Usage::since(&asset, since);
    // One look-up each, so that either is a range of the index.
    for state in [RESERVED, COMMITTED] {
        let mut rows = reservations::table
            .filter(reservations::tenant_id.eq(scope.key()))
            .filter(reservations::asset.eq(&asset))
            .filter(reservations::kind.eq(AMOUNT))
            .filter(reservations::state.eq(state))
            .select((reservations::counted, reservations::dated_at))
            .into_boxed();
        if state == COMMITTED {
            rows = rows.filter(reservations::dated_at.gt(nanos(since)));
        }
        if matches!(key.scope, CounterScope::Wallet | CounterScope::Agent) {
            rows = rows.filter(reservations::wallet_id.eq(spender.wallet.to_string()));
        }
        if key.scope == CounterScope::Agent {
            rows = rows.filter(reservations::agent.eq(spender.agent));
        }
        let rows: Vec<(Vec<u8>, i64)> = rows.load(conn).await.map_err(reading)?;
        for (counted, at) in rows {
            used.count(state, &counted, at)?;
        }
    }
    used.finish()
}

/// Of both kinds: gas is native coin.
pub(in crate::postgres) async fn reserved(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    wallet: WalletId,
    asset: Asset,
) -> Result<BaseUnits, StoreError> {
    let asset = asset.to_string();
    let rows = reservations::table
        .filter(reservations::tenant_id.eq(scope.key()))
        .filter(reservations::wallet_id.eq(wallet.to_string()))
        .filter(reservations::asset.eq(&asset))
        .filter(reservations::state.eq(RESERVED))
        .select(reservations::reserved)
        .load::<Vec<u8>>(conn)
        .await
        .map_err(reading)?;
    total(&asset, &rows)
}
