use proptest::prelude::*;

use super::*;

fn wei(text: &str) -> Result<String, AmountError> {
    exact(text, ETHER).map(|amount| amount.to_string())
}

#[test]
fn numbers_are_exact_however_they_are_written() {
    let table = [
        ("0.02", "20000000000000000"),
        ("0.1", "100000000000000000"),
        ("0.30000000000000004", "300000000000000040"),
        ("1e-05", "10000000000000"),
        ("1E-18", "1"),
        ("1.5e+3", "1500000000000000000000"),
        ("1e2", "100000000000000000000"),
        ("12.50e-1", "1250000000000000000"),
        ("0.020000000000000000000000", "20000000000000000"),
        ("40.0", "40000000000000000000"),
        ("0.0", "0"),
        ("-0.0", "0"),
        ("0e400", "0"),
        ("123456789.123456789", "123456789123456789000000000"),
    ];
    for (text, expected) in table {
        assert_eq!(wei(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn what_is_no_amount_is_refused() {
    let table = [
        ("", AmountError::Empty),
        ("-0.1", AmountError::Negative),
        ("-1e-30", AmountError::Negative),
        (
            "1e-19",
            AmountError::TooPrecise {
                given: 19,
                allowed: 18,
            },
        ),
        (
            "0.1000000000000000055",
            AmountError::TooPrecise {
                given: 19,
                allowed: 18,
            },
        ),
        ("1e300", AmountError::TooLong),
        ("1e999999999999", AmountError::TooLong),
        ("1e401", AmountError::TooLong),
        ("NaN", AmountError::NotADecimal),
        ("Infinity", AmountError::NotADecimal),
        (".5", AmountError::NotADecimal),
        ("1.", AmountError::NotADecimal),
        ("1e", AmountError::NotADecimal),
        ("1e+-5", AmountError::NotADecimal),
        ("1,5", AmountError::NotADecimal),
        ("0x10", AmountError::NotADecimal),
        ("١", AmountError::NotADecimal),
        ("null", AmountError::NotADecimal),
    ];
    for (text, expected) in table {
        assert_eq!(wei(text), Err(expected), "{text}");
    }
}

/// The shortest text of a float is what a person wrote, not what the float is.
#[test]
fn a_float_is_what_was_written() {
    for (value, expected) in [
        (0.02, "20000000000000000"),
        (0.1, "100000000000000000"),
        (1e-18, "1"),
    ] {
        assert_eq!(of_float(value, ETHER).unwrap().to_string(), expected);
    }
    assert_eq!(of_float(40.0, GWEI).unwrap().to_string(), "40000000000");
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(of_float(value, ETHER), Err(AmountError::NotADecimal));
    }
    assert_eq!(of_float(f64::MAX, ETHER), Err(AmountError::TooLong));
    assert!(of_float(5e-324, ETHER).is_err());
}

proptest! {
    /// Whatever is read is what a check by text says: the same digits, the point moved.
    #[test]
    fn eighteen_places_survive(whole in 0u64..1_000_000, places in "[0-9]{1,18}", exponent in -6i32..6) {
        let amount = exact(&format!("{whole}.{places}"), ETHER).unwrap();
        let padded = format!("{places:0<18}");
        let expected = format!("{whole}{padded}");
        let expected = expected.trim_start_matches('0');
        let expected = if expected.is_empty() { "0" } else { expected };
        prop_assert_eq!(amount.to_string(), expected);
        // Twice the point is the same number.
        let there = format!("{whole}{places}e{}", exponent - i32::try_from(places.len()).unwrap());
        let plainly = format!("{whole}.{places}e{exponent}");
        prop_assert_eq!(exact(&there, ETHER), exact(&plainly, ETHER));
    }

    #[test]
    fn nothing_panics(text in "[-+.eE0-9]{0,40}|.{0,40}") {
        let _ = exact(&text, ETHER).is_ok();
    }
}
