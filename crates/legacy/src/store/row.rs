//! One record of a JSON store.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::amount::{ETHER, GWEI, exact};
use crate::strategy::{Amount, Raw};
use crate::{Problem, Strategy, Wallet};

/// Tells the field that is wrong, and not what is in it.
pub(super) fn read<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_str(raw.get());
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        // What is missing has no path; which field it is stands in the message, between ticks.
        let message = error.into_inner().to_string();
        let missing = message
            .strip_prefix("missing field `")
            .and_then(|rest| rest.split('`').next());
        match missing {
            Some(field) => Problem::field(field),
            None if path == "." => Problem::field("record"),
            None => Problem::field(path),
        }
    })
}

#[derive(Deserialize)]
pub(super) struct WalletRow {
    address: String,
    chain_id: i64,
    #[serde(default)]
    last_nonce: Option<i64>,
    encrypted_privkey_hex: String,
}

impl WalletRow {
    pub(super) fn wallet(self, name: &str) -> Result<Wallet, Problem> {
        let digits = self.encrypted_privkey_hex.trim_ascii();
        let digits = digits.strip_prefix("0x").unwrap_or(digits);
        let token = hex::decode(digits).map_err(|_| Problem::NotAToken)?;
        Wallet::new(name, &self.address, self.chain_id, self.last_nonce, token)
    }
}

/// Numbers are kept as their text.
#[derive(Deserialize)]
pub(super) struct StrategyRow<'a> {
    #[serde(default)]
    label: Option<String>,
    agent_id: String,
    to_address: String,
    #[serde(borrow)]
    amount_eth: &'a RawValue,
    interval_seconds: i64,
    enabled: bool,
    #[serde(default, borrow)]
    max_base_fee_gwei: Option<&'a RawValue>,
    #[serde(default, borrow)]
    daily_cap_eth: Option<&'a RawValue>,
    #[serde(default)]
    next_run_at: Option<String>,
    #[serde(default)]
    last_run_at: Option<String>,
    #[serde(default)]
    last_tx_hash: Option<String>,
    #[serde(default)]
    spent_day: Option<String>,
    #[serde(default, borrow)]
    spent_today_eth: Option<&'a RawValue>,
}

impl StrategyRow<'_> {
    pub(super) fn strategy(self, name: &str) -> Result<Strategy, Problem> {
        // The name stands in the record once more; two names would be two strategies.
        if self.label.as_deref().is_some_and(|label| label != name) {
            return Err(Problem::field("label"));
        }
        Raw {
            label: name,
            agent_id: &self.agent_id,
            to_address: &self.to_address,
            amount_eth: number(self.amount_eth, ETHER),
            interval_seconds: self.interval_seconds,
            enabled: self.enabled,
            max_base_fee_gwei: optional(self.max_base_fee_gwei, GWEI),
            daily_cap_eth: optional(self.daily_cap_eth, ETHER),
            next_run_at: self.next_run_at.as_deref(),
            last_run_at: self.last_run_at.as_deref(),
            last_tx_hash: self.last_tx_hash.as_deref(),
            spent_day: self.spent_day.as_deref(),
            spent_today_eth: optional(self.spent_today_eth, ETHER),
        }
        .read()
    }
}

fn number(raw: &RawValue, decimals: u8) -> Amount {
    exact(raw.get(), decimals)
}

/// `null` may come as a value too.
fn optional(raw: Option<&RawValue>, decimals: u8) -> Option<Amount> {
    raw.filter(|raw| raw.get() != "null")
        .map(|raw| number(raw, decimals))
}
