//! Values in columns: how they are written, and how a row that does not read is told of.

use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;
use vaultpilot_core::{Address, B256, BaseUnits, Timestamp, U256};
use vaultpilot_ports::store::StoreError;

/// The cells of one row, by column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cells<'a> {
    table: &'static str,
    row: &'a str,
}

impl<'a> Cells<'a> {
    pub(crate) const fn of(table: &'static str, row: &'a str) -> Self {
        Self { table, row }
    }

    pub(crate) fn bad(self, column: &'static str) -> StoreError {
        StoreError::Inconsistent {
            table: self.table,
            column,
            row: self.row.to_owned(),
        }
    }

    pub(crate) fn parse<T: FromStr>(
        self,
        column: &'static str,
        text: &str,
    ) -> Result<T, StoreError> {
        text.parse().map_err(|_| self.bad(column))
    }

    pub(crate) fn json<T: DeserializeOwned>(
        self,
        column: &'static str,
        text: &str,
    ) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|_| self.bad(column))
    }

    pub(crate) fn maybe_json<T: DeserializeOwned>(
        self,
        column: &'static str,
        text: Option<&str>,
    ) -> Result<Option<T>, StoreError> {
        text.map(|text| self.json(column, text)).transpose()
    }

    /// An enum that is one word.
    pub(crate) fn word<T: DeserializeOwned>(
        self,
        column: &'static str,
        text: &str,
    ) -> Result<T, StoreError> {
        serde_json::from_value(text.into()).map_err(|_| self.bad(column))
    }

    pub(crate) fn time(self, column: &'static str, nanos: i64) -> Result<Timestamp, StoreError> {
        Timestamp::from_nanosecond(i128::from(nanos)).map_err(|_| self.bad(column))
    }

    pub(crate) fn maybe_time(
        self,
        column: &'static str,
        nanos: Option<i64>,
    ) -> Result<Option<Timestamp>, StoreError> {
        nanos.map(|nanos| self.time(column, nanos)).transpose()
    }

    pub(crate) fn integer<T: TryFrom<i64>>(
        self,
        column: &'static str,
        value: i64,
    ) -> Result<T, StoreError> {
        value.try_into().map_err(|_| self.bad(column))
    }

    /// 32 bytes: a hash.
    pub(crate) fn bytes(self, column: &'static str, bytes: &[u8]) -> Result<[u8; 32], StoreError> {
        bytes.try_into().map_err(|_| self.bad(column))
    }

    /// 32 bytes: an integer.
    pub(crate) fn amount(
        self,
        column: &'static str,
        bytes: &[u8],
    ) -> Result<BaseUnits, StoreError> {
        self.bytes(column, bytes)
            .map(|bytes| BaseUnits(U256::from_be_bytes(bytes)))
    }

    /// An integer on its way into a signed 64-bit column.
    pub(crate) fn signed(self, column: &'static str, value: u64) -> Result<i64, StoreError> {
        value.try_into().map_err(|_| self.bad(column))
    }

    pub(crate) fn to_json<T: Serialize>(
        self,
        column: &'static str,
        value: &T,
    ) -> Result<String, StoreError> {
        serde_json::to_string(value).map_err(|_| self.bad(column))
    }

    pub(crate) fn to_maybe_json<T: Serialize>(
        self,
        column: &'static str,
        value: Option<&T>,
    ) -> Result<Option<String>, StoreError> {
        value.map(|value| self.to_json(column, value)).transpose()
    }

    pub(crate) fn to_word<T: Serialize>(
        self,
        column: &'static str,
        value: &T,
    ) -> Result<String, StoreError> {
        match serde_json::to_value(value) {
            Ok(serde_json::Value::String(word)) => Ok(word),
            _ => Err(self.bad(column)),
        }
    }
}

/// Nanoseconds since 1970; before 1677 and after 2262 is the beginning and the end of time.
pub(crate) fn nanos(at: Timestamp) -> i64 {
    let nanos = at.as_nanosecond();
    i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX })
}

pub(crate) fn amount(value: BaseUnits) -> Vec<u8> {
    value.0.to_be_bytes::<32>().to_vec()
}

/// Lower case, so that an address is one text.
pub(crate) fn address(address: Address) -> String {
    format!("{address:#x}")
}

pub(crate) fn hash(hash: B256) -> String {
    format!("{hash:#x}")
}
