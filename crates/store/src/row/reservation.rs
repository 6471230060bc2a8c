//! Reserved money as rows, and sums over them.

use diesel::prelude::*;
use vaultpilot_core::{Asset, BaseUnits, Timestamp, WalletId};
use vaultpilot_policy::Used;
use vaultpilot_ports::store::{Reservation, StoreError};

use crate::cell::{Cells, amount, nanos};
use crate::schema::reservations;
use crate::scope::Scope;

pub(crate) const AMOUNT: &str = "amount";
pub(crate) const GAS: &str = "gas";
pub(crate) const RESERVED: &str = "reserved";
pub(crate) const COMMITTED: &str = "committed";
pub(crate) const RELEASED: &str = "released";

#[derive(Insertable)]
#[diesel(table_name = reservations)]
pub(crate) struct ReservationRow {
    pub(crate) tenant_id: String,
    pub(crate) intent_id: String,
    pub(crate) kind: &'static str,
    pub(crate) asset: String,
    pub(crate) wallet_id: String,
    pub(crate) agent: String,
    pub(crate) dated_at: i64,
    pub(crate) state: &'static str,
    pub(crate) reserved: Vec<u8>,
    pub(crate) counted: Vec<u8>,
}

impl ReservationRow {
    /// Gas first: there is always exactly one, so a second reservation conflicts on it.
    pub(crate) fn all(scope: &Scope, reservation: &Reservation) -> Vec<Self> {
        let gas = (
            GAS,
            Asset::native(reservation.chain),
            reservation.gas.to_base_units(),
        );
        let amounts = reservation
            .amounts
            .iter()
            .map(|(asset, units)| (AMOUNT, *asset, *units));
        std::iter::once(gas)
            .chain(amounts)
            .map(|(kind, asset, units)| Self {
                tenant_id: scope.key().to_owned(),
                intent_id: reservation.intent.to_string(),
                kind,
                asset: asset.to_string(),
                wallet_id: reservation.wallet.to_string(),
                agent: reservation.agent.clone(),
                dated_at: nanos(reservation.at),
                state: RESERVED,
                reserved: amount(units),
                counted: amount(units),
            })
            .collect()
    }
}

/// Whose spending is summed, beside the tenant.
#[derive(Debug)]
pub(crate) struct Spender<'a> {
    pub(crate) wallet: WalletId,
    pub(crate) agent: &'a str,
}

/// What was used in a window, row by row. Neither database has 256-bit integers that add.
#[derive(Debug)]
pub(crate) struct Usage<'a> {
    cells: Cells<'a>,
    since: i64,
    used: Used,
    oldest: Option<i64>,
}

impl<'a> Usage<'a> {
    pub(crate) fn since(asset: &'a str, since: Timestamp) -> Self {
        Self {
            cells: Cells::of("reservations", asset),
            since: nanos(since),
            used: Used::default(),
            oldest: None,
        }
    }

    /// Takes in what is held (`RESERVED`), however old, or what was committed.
    pub(crate) fn count(&mut self, state: &str, counted: &[u8], at: i64) -> Result<(), StoreError> {
        let at = if state == RESERVED {
            at.max(self.since)
        } else {
            at
        };
        let counted = self.cells.amount("counted", counted)?;
        self.used.spent = self.used.spent.saturating_add(counted);
        self.used.count = self.used.count.saturating_add(1);
        self.oldest = Some(self.oldest.map_or(at, |oldest| oldest.min(at)));
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<Used, StoreError> {
        self.used.oldest = self.cells.maybe_time("dated_at", self.oldest)?;
        Ok(self.used)
    }
}

/// All of it.
pub(crate) fn total(asset: &str, reserved: &[Vec<u8>]) -> Result<BaseUnits, StoreError> {
    let cells = Cells::of("reservations", asset);
    reserved.iter().try_fold(BaseUnits::ZERO, |sum, reserved| {
        Ok(sum.saturating_add(cells.amount("reserved", reserved)?))
    })
}
