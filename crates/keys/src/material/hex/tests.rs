use super::*;
use crate::material::address;

const FIRST: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

#[test]
fn digits_are_a_key_however_they_are_framed() {
    let framed = [
        FIRST.to_owned(),
        format!("0x{FIRST}"),
        format!("\r\n\t 0x{FIRST} \n"),
        FIRST.to_uppercase(),
    ];
    for text in framed {
        let key = from_hex(&text).unwrap();
        let expected = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
        assert_eq!(address(&key).unwrap().to_string(), expected);
    }
}

#[test]
fn what_is_no_key_is_refused() {
    let short = &FIRST[..63];
    let not_hex = [
        String::new(),
        "0x".to_owned(),
        short.to_owned(),
        format!("{FIRST}0"),
        format!("0x0x{FIRST}"),
        format!("{short}g"),
        format!("{short}ä"),
        format!("{short}\u{0}"),
        "１".repeat(64),
    ];
    for text in not_hex {
        assert_eq!(
            from_hex(&text).err(),
            Some(MaterialError::NotHex),
            "{text:?}"
        );
    }
    let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    for text in ["0".repeat(64), order.to_owned(), "f".repeat(64)] {
        assert_eq!(from_hex(&text).err(), Some(MaterialError::NotAKey));
    }
}
