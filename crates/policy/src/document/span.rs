//! A length of time as people write it: `60s`, `30m`, `24h`, `7d`.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("duration is not a whole number with a unit s, m, h or d, such as 60s or 24h, up to 366d")]
pub struct SpanError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, JsonSchema)]
#[schemars(with = "String", extend("pattern" = "^[0-9]+[smhd]$"))]
pub struct Span(Duration);

const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl Span {
    pub const MAX: Self = Self(Duration::from_hours(366 * 24));

    pub const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    pub const fn duration(self) -> Duration {
        self.0
    }

    pub const fn is_zero(self) -> bool {
        self.0.is_zero()
    }
}

impl From<Duration> for Span {
    /// Whole seconds; what is smaller is cut off.
    fn from(duration: Duration) -> Self {
        Self::seconds(duration.as_secs())
    }
}

impl std::str::FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        let unit = text.chars().next_back().ok_or(SpanError)?;
        let (_, factor) = UNITS
            .into_iter()
            .find(|(name, _)| *name == unit)
            .ok_or(SpanError)?;
        let digits = text.strip_suffix(unit).ok_or(SpanError)?;
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(SpanError);
        }
        let number: u64 = digits.parse().map_err(|_| SpanError)?;
        let span = Self::seconds(number.checked_mul(factor).ok_or(SpanError)?);
        if span > Self::MAX {
            Err(SpanError)
        } else {
            Ok(span)
        }
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = self.0.as_secs();
        // As people say it: 24h and 60s, but 2d and 2m.
        let from = |unit: char, factor: u64| match unit {
            'h' => factor,
            _ => factor.saturating_mul(2),
        };
        let fits = |(unit, factor): &(char, u64)| {
            seconds >= from(*unit, *factor) && seconds.checked_rem(*factor) == Some(0)
        };
        let (unit, factor) = UNITS.into_iter().find(fits).unwrap_or(('s', 1));
        write!(
            f,
            "{}{unit}",
            seconds.checked_div(factor).unwrap_or(seconds)
        )
    }
}

impl Serialize for Span {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// `#[serde(with)]` for a plain `Duration` that goes over the wire as such a text.
pub mod text {
    use super::{Deserialize, Duration, Serialize, Span};

    pub fn serialize<S: serde::Serializer>(value: &Duration, s: S) -> Result<S::Ok, S::Error> {
        Span::from(*value).serialize(s)
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Duration, D::Error> {
        Span::deserialize(d).map(Span::duration)
    }
}
