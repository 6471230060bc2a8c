use vaultpilot_core::{B256, U256};
use vaultpilot_testkit::SeededEntropy;

use super::*;

fn context() -> KeyContext {
    KeyContext {
        tenant: "tnt_01HZX3J9QK8B3V6T2N4M5P7R9S".parse().unwrap(),
        wallet: "wal_01HZX3J9QK8B3V6T2N4M5P7R9T".parse().unwrap(),
        version: 7,
    }
}

fn key(made: u32) -> Key {
    Key {
        made,
        address: Address::ZERO,
        sealed: Sealed {
            nonce: [3; cipher::NONCE],
            bytes: [4; cipher::SEALED],
        },
    }
}

fn first() -> Envelope {
    Envelope {
        dek: Dek::Root {
            root: "0011223344556677".parse().unwrap(),
            sealed: Sealed {
                nonce: [1; cipher::NONCE],
                bytes: [2; cipher::SEALED],
            },
        },
        key: key(1),
    }
}

fn second(made: u32) -> Envelope {
    Envelope {
        dek: Dek::Kek {
            version: 3,
            sealed: hybrid::Sealed {
                enc: [1; hybrid::PUBLIC],
                bytes: [2; cipher::SEALED],
            },
        },
        key: key(made),
    }
}

/// Each layer is bound to everything by itself; the other one is no excuse.
#[test]
fn both_layers_name_all_they_are_bound_to() {
    let address = Address::from_word(B256::from(U256::from(0xab)));
    let (tenant, wallet) = (
        "tnt_01HZX3J9QK8B3V6T2N4M5P7R9S",
        "wal_01HZX3J9QK8B3V6T2N4M5P7R9T",
    );
    assert_eq!(
        bound::first_dek(&context()),
        format!("vaultpilot/keys/v1/dek|{tenant}|{wallet}|7")
    );
    assert_eq!(bound::DEK_INFO, "vaultpilot/keys/v2/dek");
    assert_eq!(bound::dek(&context(), 3), format!("{tenant}|{wallet}|7|3"));
    for made in [1, 2] {
        assert_eq!(
            bound::key(made, &context(), address),
            format!(
                "vaultpilot/keys/v{made}/key|{tenant}|{wallet}|7\
                 |0x00000000000000000000000000000000000000ab"
            )
        );
    }
}

#[test]
fn both_versions_have_one_spelling() {
    for envelope in [first(), second(1), second(2)] {
        let bytes = envelope.to_bytes();
        assert!(bytes.len() < MAX_BYTES / 4);
        assert_eq!(Envelope::from_bytes(&bytes), Ok(envelope));
        let text = String::from_utf8(bytes.clone()).unwrap();
        for other in [
            format!("{text} "),
            text.replacen("\":", "\": ", 1),
            text.replace("02020202", "\\u0030202020"),
            text.replace("secp256k1", "secp256r1"),
            text.replace("aes-256-gcm", "aes-128-gcm"),
            text.replacen('{', "{\"more\":0,", 1),
        ] {
            assert_ne!(other, text);
            let refused = Envelope::from_bytes(other.as_bytes());
            assert_eq!(refused, Err(KeyError::Envelope), "{other}");
        }
        let padded = [bytes.as_slice(), &[b' '; MAX_BYTES]].concat();
        assert_eq!(Envelope::read(&padded), None, "too much is not even read");
    }
}

#[test]
fn versions_are_not_mixed() {
    let text = |envelope: Envelope| String::from_utf8(envelope.to_bytes()).unwrap();
    for (envelope, from, to) in [
        (first(), "\"version\":1", "\"version\":2"),
        (second(2), "\"version\":2", "\"version\":1"),
        (second(2), "\"version\":2", "\"version\":3"),
        (second(2), "\"made\":2", "\"made\":3"),
        (second(2), "\"made\":2", "\"made\":0"),
    ] {
        let altered = text(envelope).replace(from, to);
        assert_ne!(altered, text(envelope));
        let refused = Envelope::from_bytes(altered.as_bytes());
        assert_eq!(refused, Err(KeyError::Envelope), "{altered}");
    }
}

#[test]
fn a_private_key_is_opened_as_it_was_made_and_no_other_way() {
    let entropy = SeededEntropy::new(1);
    let (mut dek, mut secret) = (Secret::empty(), Secret::empty());
    entropy.fill(dek.bytes_mut());
    entropy.fill(secret.bytes_mut());
    let address = Address::repeat_byte(7);
    let key = Key::seal(&context(), address, &dek, &secret, &entropy);
    let opened = key.open(&context(), &dek).ok().unwrap();
    assert_eq!(opened.bytes(), secret.bytes());
    for wrong in [
        Key { made: 1, ..key },
        Key {
            address: Address::ZERO,
            ..key
        },
    ] {
        assert!(wrong.open(&context(), &dek).is_err());
    }
    assert!(key.open(&context(), &secret).is_err());
}
