//! A strategy of the predecessor: the same payment in ether again and again. It was called DCA.

use jiff::civil::Date;
use vaultpilot_core::money::AmountError;
use vaultpilot_core::{Address, B256, BaseUnits, Timestamp, parse_address};

use crate::{Problem, moment};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strategy {
    pub label: String,
    pub agent_id: String,
    pub to: Address,
    /// In wei.
    pub amount: BaseUnits,
    pub interval_seconds: u64,
    pub enabled: bool,
    /// In wei.
    pub max_base_fee: Option<BaseUnits>,
    /// In wei.
    pub daily_cap: Option<BaseUnits>,
    pub next_run_at: Option<Timestamp>,
    pub last_run_at: Option<Timestamp>,
    pub last_tx_hash: Option<B256>,
    pub spent_day: Option<Date>,
    /// In wei.
    pub spent_today: BaseUnits,
}

/// The record as it was found, before its texts are read.
pub(crate) struct Raw<'a> {
    pub label: &'a str,
    pub agent_id: &'a str,
    pub to_address: &'a str,
    pub amount_eth: Amount,
    pub interval_seconds: i64,
    pub enabled: bool,
    pub max_base_fee_gwei: Option<Amount>,
    pub daily_cap_eth: Option<Amount>,
    pub next_run_at: Option<&'a str>,
    pub last_run_at: Option<&'a str>,
    pub last_tx_hash: Option<&'a str>,
    pub spent_day: Option<&'a str>,
    pub spent_today_eth: Option<Amount>,
}

/// Read, or why not.
pub(crate) type Amount = Result<BaseUnits, AmountError>;

impl Raw<'_> {
    pub(crate) fn read(self) -> Result<Strategy, Problem> {
        let to = parse_address(self.to_address).map_err(|_| Problem::Address {
            field: "to_address",
        })?;
        let amount = named(self.amount_eth, "amount_eth")?;
        if amount.is_zero() {
            return Err(Problem::field("amount_eth"));
        }
        let interval_seconds = u64::try_from(self.interval_seconds)
            .ok()
            .filter(|seconds| *seconds > 0)
            .ok_or_else(|| Problem::field("interval_seconds"))?;
        let optional =
            |amount: Option<Amount>, field| amount.map(|amount| named(amount, field)).transpose();
        Ok(Strategy {
            label: self.label.to_owned(),
            agent_id: self.agent_id.to_owned(),
            to,
            amount,
            interval_seconds,
            enabled: self.enabled,
            max_base_fee: optional(self.max_base_fee_gwei, "max_base_fee_gwei")?,
            daily_cap: optional(self.daily_cap_eth, "daily_cap_eth")?,
            next_run_at: at(self.next_run_at, "next_run_at")?,
            last_run_at: at(self.last_run_at, "last_run_at")?,
            last_tx_hash: self.last_tx_hash.map(hash).transpose()?,
            spent_day: self
                .spent_day
                .map(|text| moment::day(text, "spent_day"))
                .transpose()?,
            spent_today: optional(self.spent_today_eth, "spent_today_eth")?
                .unwrap_or(BaseUnits::ZERO),
        })
    }
}

fn named(amount: Amount, field: &'static str) -> Result<BaseUnits, Problem> {
    amount.map_err(|source| Problem::Amount { field, source })
}

fn at(text: Option<&str>, field: &'static str) -> Result<Option<Timestamp>, Problem> {
    text.map(|text| moment::instant(text, field)).transpose()
}

/// With `0x` before it or without.
fn hash(text: &str) -> Result<B256, Problem> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let mut hash = B256::ZERO;
    hex::decode_to_slice(digits, hash.as_mut_slice())
        .map_err(|_| Problem::field("last_tx_hash"))?;
    Ok(hash)
}
