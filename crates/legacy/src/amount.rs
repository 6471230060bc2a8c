//! Floats as exact integers, through their shortest decimal text and without a float operation.

use vaultpilot_core::{BaseUnits, money::AmountError};

pub(crate) const ETHER: u8 = 18;
pub(crate) const GWEI: u8 = 9;

/// The largest float has 309 digits, the smallest one 324 places.
const MAX_EXPONENT: u32 = 400;
const MAX_DIGITS: usize = 800;

/// Reads a number as JSON or Python write it: `0.02`, `40.0`, `1e-05`.
pub(crate) fn exact(text: &str, decimals: u8) -> Result<BaseUnits, AmountError> {
    BaseUnits::parse(&plain(text)?, decimals)
}

/// A float's shortest decimal text that means it; it has no exponent.
pub(crate) fn of_float(value: f64, decimals: u8) -> Result<BaseUnits, AmountError> {
    if value.is_finite() {
        exact(&value.to_string(), decimals)
    } else {
        Err(AmountError::NotADecimal)
    }
}

/// The same number without an exponent, without zeros that mean nothing.
fn plain(text: &str) -> Result<String, AmountError> {
    if text.is_empty() {
        return Err(AmountError::Empty);
    }
    if text.len() > MAX_DIGITS {
        return Err(AmountError::TooLong);
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        None => (text, 0),
        Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
    };
    let (negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return Err(AmountError::NotADecimal),
        None => (mantissa, ""),
    };
    let digits = format!("{whole}{fraction}");
    if whole.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AmountError::NotADecimal);
    }
    let (whole, fraction) = shifted(&digits, whole.len(), exponent);
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    match (whole, fraction) {
        ("", "") => Ok("0".to_owned()),
        // Minus nothing is nothing.
        _ if negative => Err(AmountError::Negative),
        (whole, "") => Ok(whole.to_owned()),
        ("", fraction) => Ok(format!("0.{fraction}")),
        (whole, fraction) => Ok(format!("{whole}.{fraction}")),
    }
}

fn read_exponent(text: &str) -> Result<i32, AmountError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AmountError::NotADecimal);
    }
    let exponent: i32 = text.parse().map_err(|_| AmountError::TooLong)?;
    if exponent.unsigned_abs() > MAX_EXPONENT {
        return Err(AmountError::TooLong);
    }
    Ok(exponent)
}

/// The digits before and after the point, which stands behind `point` digits and moves by `by`.
fn shifted(digits: &str, point: usize, by: i32) -> (String, String) {
    let steps = usize::try_from(by.unsigned_abs()).unwrap_or(usize::MAX);
    let zeros = "0".repeat(steps);
    let (line, point) = if by < 0 {
        (format!("{zeros}{digits}"), point)
    } else {
        (format!("{digits}{zeros}"), point.saturating_add(steps))
    };
    let (whole, fraction) = line.split_at(point);
    (whole.to_owned(), fraction.to_owned())
}

#[cfg(test)]
mod tests;
