use super::*;

#[test]
fn parses_exactly() {
    for (text, decimals, raw) in [
        ("0", 18, "0"),
        ("1", 18, "1000000000000000000"),
        ("0.000000000000000001", 18, "1"),
        ("1.25", 6, "1250000"),
        ("007", 0, "7"),
        ("12.5", 1, "125"),
    ] {
        assert_eq!(
            BaseUnits::parse(text, decimals).unwrap().to_string(),
            raw,
            "{text}"
        );
    }
}

#[test]
fn refuses_what_is_no_amount() {
    let too_large = "9".repeat(78);
    let too_long = "1".repeat(101);
    for (text, error) in [
        ("", AmountError::Empty),
        ("-1", AmountError::Negative),
        ("+1", AmountError::NotADecimal),
        ("1e18", AmountError::NotADecimal),
        ("1,5", AmountError::NotADecimal),
        (".5", AmountError::NotADecimal),
        ("5.", AmountError::NotADecimal),
        ("0x10", AmountError::NotADecimal),
        ("NaN", AmountError::NotADecimal),
        (" 1", AmountError::NotADecimal),
        (
            "1.1234567",
            AmountError::TooPrecise {
                given: 7,
                allowed: 6,
            },
        ),
        (too_large.as_str(), AmountError::TooLarge),
        (too_long.as_str(), AmountError::TooLong),
    ] {
        assert_eq!(BaseUnits::parse(text, 6).unwrap_err(), error, "{text}");
    }
}

#[test]
fn formats_back() {
    for (raw, decimals, text) in [
        (0u128, 18, "0"),
        (1, 18, "0.000000000000000001"),
        (1_250_000, 6, "1.25"),
        (7, 0, "7"),
    ] {
        assert_eq!(BaseUnits::from_u128(raw).format(decimals), text);
        assert_eq!(
            BaseUnits::parse(text, decimals).unwrap(),
            BaseUnits::from_u128(raw)
        );
    }
}

#[test]
fn serialises_as_text() {
    let json = serde_json::to_string(&BaseUnits::from_u128(5)).unwrap();
    assert_eq!(json, "\"5\"");
    assert_eq!(
        serde_json::from_str::<BaseUnits>(&json).unwrap(),
        BaseUnits::from_u128(5)
    );
}
