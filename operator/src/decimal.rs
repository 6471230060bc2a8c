//! Decimal text compared as what it is worth, with no number type in between: no amount is too
//! large, and none is rounded.

use std::cmp::Ordering;

/// `None` when one of the two is no amount.
pub fn compare(one: &str, other: &str) -> Option<Ordering> {
    let (one, other) = (parts(one)?, parts(other)?);
    let whole = one.0.len().cmp(&other.0.len()).then(one.0.cmp(other.0));
    Some(whole.then_with(|| {
        let length = one.1.len().max(other.1.len());
        let digit = |text: &str, at: usize| text.as_bytes().get(at).copied().unwrap_or(b'0');
        (0..length)
            .map(|at| digit(one.1, at).cmp(&digit(other.1, at)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }))
}

/// Before and after the point, without zeros in front.
fn parts(text: &str) -> Option<(&str, &str)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (digits(whole) && digits(fraction)).then(|| (whole.trim_start_matches('0'), fraction))
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{Equal, Greater, Less};

    use super::compare;

    #[test]
    fn amounts_are_compared_exactly() {
        for (one, other, order) in [
            ("1", "1.000", Equal),
            ("007.5", "7.50", Equal),
            ("0.1", "0.09", Greater),
            ("9", "10", Less),
            ("0.000000000000000001", "0", Greater),
            (
                "100000000000000000000000000000000000000001",
                "100000000000000000000000000000000000000000",
                Greater,
            ),
        ] {
            assert_eq!(compare(one, other), Some(order), "{one} {other}");
            assert_eq!(compare(other, one), Some(order.reverse()), "{other} {one}");
        }
        for no_amount in ["", ".", "1.", ".5", "-1", "1e3", "0x1"] {
            assert_eq!(compare(no_amount, "1"), None, "{no_amount}");
        }
    }
}
