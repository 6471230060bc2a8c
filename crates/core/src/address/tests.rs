use super::*;

const GOOD: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

#[test]
fn takes_checksummed_and_plain_case() {
    let address = parse_address(GOOD).unwrap();
    assert_eq!(parse_address(&GOOD.to_lowercase()).unwrap(), address);
    assert_eq!(address.to_checksum(None), GOOD);
}

#[test]
fn refuses_with_the_reason() {
    let one_off = GOOD.replace("39Fd", "39fD");
    for (text, error) in [
        ("", AddressError::Malformed),
        (
            "f39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
            AddressError::Malformed,
        ),
        ("0x12", AddressError::Malformed),
        (
            "0xg39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
            AddressError::Malformed,
        ),
        (one_off.as_str(), AddressError::Checksum),
        (
            "0x0000000000000000000000000000000000000000",
            AddressError::Zero,
        ),
    ] {
        assert_eq!(parse_address(text).unwrap_err(), error, "{text}");
    }
}
