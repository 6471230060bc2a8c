//! The JSON stores.

mod entries;
mod row;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{Found, MAX_RECORDS, Problem, Strategy, Wallet};
use entries::Entries;
use row::{StrategyRow, WalletRow};

/// The most bytes of a store: ten thousand records have less.
pub const MAX_STORE: usize = 16 << 20;

/// Why nothing of a store can be read. Never repeats a piece of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    #[error("store is longer than {MAX_STORE} bytes")]
    TooLong,
    #[error(
        "store is not the JSON it should be: it stops making sense at line {line}, column {column}"
    )]
    NotJson { line: usize, column: usize },
    #[error("store has more than {MAX_RECORDS} records")]
    TooMany,
}

impl StoreError {
    /// The stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "store_too_long",
            Self::NotJson { .. } => "store_not_json",
            Self::TooMany => "store_too_many_records",
        }
    }
}

/// Reads `agentvault_store.json`.
///
/// # Errors
/// When it is no JSON object of records, whole.
pub fn wallets(text: &str) -> Result<Vec<Found<Wallet>>, StoreError> {
    let entries: Entries = read(text)?;
    found(&entries, |name, raw| {
        row::read::<WalletRow>(raw)?.wallet(name)
    })
}

/// Reads `agentvault_strategies.json`.
///
/// # Errors
/// When it is no JSON object of records, whole.
pub fn strategies(text: &str) -> Result<Vec<Found<Strategy>>, StoreError> {
    #[derive(Deserialize)]
    struct Store {
        strategies: Entries,
    }
    let store: Store = read(text)?;
    found(&store.strategies, |name, raw| {
        row::read::<StrategyRow>(raw)?.strategy(name)
    })
}

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, StoreError> {
    if text.len() > MAX_STORE {
        return Err(StoreError::TooLong);
    }
    // Windows editors put a mark before it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str(text).map_err(|error| StoreError::NotJson {
        line: error.line(),
        column: error.column(),
    })
}

/// Reads each record; those that share a name are all refused, for nobody can say which one counts.
fn found<T>(
    entries: &Entries,
    read: impl Fn(&str, &RawValue) -> Result<T, Problem>,
) -> Result<Vec<Found<T>>, StoreError> {
    if entries.0.len() > MAX_RECORDS {
        return Err(StoreError::TooMany);
    }
    let mut counts = std::collections::HashMap::new();
    for (name, _) in &entries.0 {
        let count = counts.entry(name.as_str()).or_insert(0_usize);
        *count = count.saturating_add(1);
    }
    let each = entries.0.iter().map(|(name, raw)| Found {
        name: name.clone(),
        record: match counts.get(name.as_str()) {
            Some(1) => named(name).and_then(|()| read(name, raw)),
            _ => Err(Problem::Duplicate),
        },
    });
    Ok(each.collect())
}

/// A name as the predecessor's database would have taken it.
pub(crate) fn named(name: &str) -> Result<(), Problem> {
    if name.trim().is_empty() || name.chars().count() > 255 {
        return Err(Problem::Name);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
