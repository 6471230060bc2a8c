//! Dates and times as Python and its databases write them. One without a zone is UTC.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use vaultpilot_core::Timestamp;

use crate::Problem;

/// The longest one in use has 32 characters.
const MAX: usize = 64;

pub(crate) fn instant(text: &str, field: &'static str) -> Result<Timestamp, Problem> {
    let text = bounded(text, field)?;
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    // An offset or a zone that the first reading did not understand must not be dropped.
    let naive = !text.contains(['Z', 'z', '+', '[']) && text.matches('-').count() == 2;
    let local: Option<DateTime> = text.parse().ok().filter(|_| naive);
    local
        .and_then(|local| TimeZone::UTC.to_timestamp(local).ok())
        .ok_or(Problem::Moment { field })
}

/// A day, as it was written.
pub(crate) fn day(text: &str, field: &'static str) -> Result<Date, Problem> {
    let text = bounded(text, field)?;
    text.parse().map_err(|_| Problem::Moment { field })
}

fn bounded<'a>(text: &'a str, field: &'static str) -> Result<&'a str, Problem> {
    let text = text.trim_ascii();
    if text.is_empty() || text.len() > MAX {
        return Err(Problem::Moment { field });
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
