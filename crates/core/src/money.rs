//! Money is an integer with a unit. Nothing here rounds.

use alloy_primitives::U256;
use serde::{Deserialize, Serialize};

/// Why a decimal string is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    #[error("amount is empty")]
    Empty,
    #[error("amount is negative")]
    Negative,
    #[error("amount is not a plain decimal number such as \"1.25\"")]
    NotADecimal,
    #[error("amount has {given} decimal places, the asset has {allowed}")]
    TooPrecise { given: usize, allowed: u8 },
    #[error("amount has more than {MAX_AMOUNT_TEXT} characters")]
    TooLong,
    #[error("amount does not fit in 256 bits")]
    TooLarge,
}

impl AmountError {
    /// The stable code doors show.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "amount_empty",
            Self::Negative => "amount_negative",
            Self::NotADecimal => "amount_not_a_decimal",
            Self::TooPrecise { .. } => "amount_too_precise",
            Self::TooLong => "amount_too_long",
            Self::TooLarge => "amount_too_large",
        }
    }
}

/// 78 digits hold any 256-bit integer; the rest is the point, leading zeros and decimals.
pub const MAX_AMOUNT_TEXT: usize = 100;

/// An amount of some asset in its smallest unit. The asset stands beside it, never in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct BaseUnits(pub U256);

impl BaseUnits {
    pub const ZERO: Self = Self(U256::ZERO);
    pub const MAX: Self = Self(U256::MAX);

    pub fn from_u128(value: u128) -> Self {
        Self(U256::from(value))
    }

    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Reads a decimal string in token units, exactly.
    ///
    /// # Errors
    /// When the text is no plain decimal number, is negative, or has more places than the asset.
    pub fn parse(text: &str, decimals: u8) -> Result<Self, AmountError> {
        if text.len() > MAX_AMOUNT_TEXT {
            return Err(AmountError::TooLong);
        }
        if text.is_empty() {
            return Err(AmountError::Empty);
        }
        if text.starts_with('-') {
            return Err(AmountError::Negative);
        }
        let (whole, fraction) = text
            .split_once('.')
            .map_or((text, None), |(w, f)| (w, Some(f)));
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !fraction.is_none_or(digits) {
            return Err(AmountError::NotADecimal);
        }
        let fraction = fraction.unwrap_or_default();
        if fraction.len() > usize::from(decimals) {
            return Err(AmountError::TooPrecise {
                given: fraction.len(),
                allowed: decimals,
            });
        }
        let joined = format!("{whole}{fraction:0<width$}", width = usize::from(decimals));
        U256::from_str_radix(&joined, 10)
            .map(Self)
            .map_err(|_| AmountError::TooLarge)
    }

    /// Writes the amount in token units, the shortest exact text.
    pub fn format(self, decimals: u8) -> String {
        let width = usize::from(decimals);
        let text = format!("{:0>w$}", self.0.to_string(), w = width.saturating_add(1));
        let (whole, fraction) = text.split_at(text.len().saturating_sub(width));
        let fraction = fraction.trim_end_matches('0');
        if fraction.is_empty() {
            whole.to_owned()
        } else {
            format!("{whole}.{fraction}")
        }
    }
}

impl std::fmt::Display for BaseUnits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

// As text, because JSON numbers are floats to many readers.
impl Serialize for BaseUnits {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for BaseUnits {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        U256::from_str_radix(&text, 10)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

/// The native coin's smallest unit, as fees are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Wei(pub u128);

impl Serialize for Wei {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Wei {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

impl Wei {
    pub const ZERO: Self = Self(0);

    /// The most a call can cost: gas limit times fee per gas.
    pub fn gas_cost(gas_limit: u64, fee_per_gas: Self) -> Option<Self> {
        u128::from(gas_limit).checked_mul(fee_per_gas.0).map(Self)
    }

    pub fn to_base_units(self) -> BaseUnits {
        BaseUnits::from_u128(self.0)
    }
}

/// 10^9 wei, as people write gas prices.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Gwei(pub u64);

impl Gwei {
    pub const DECIMALS: u8 = 9;

    pub fn to_wei(self) -> Wei {
        Wei(u128::from(self.0).saturating_mul(1_000_000_000))
    }
}

#[cfg(test)]
mod tests;
