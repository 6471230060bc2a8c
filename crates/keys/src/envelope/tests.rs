use vaultpilot_core::{B256, U256};

use super::*;

fn context() -> KeyContext {
    KeyContext {
        tenant: "tnt_01HZX3J9QK8B3V6T2N4M5P7R9S".parse().unwrap(),
        wallet: "wal_01HZX3J9QK8B3V6T2N4M5P7R9T".parse().unwrap(),
        version: 7,
    }
}

/// Each layer is bound to everything by itself; the other one is no excuse.
#[test]
fn both_layers_name_all_they_are_bound_to() {
    let address = Address::from_word(B256::from(U256::from(0xab)));
    assert_eq!(
        dek_aad(&context()),
        "vaultpilot/keys/v1/dek|tnt_01HZX3J9QK8B3V6T2N4M5P7R9S|wal_01HZX3J9QK8B3V6T2N4M5P7R9T|7"
    );
    assert_eq!(
        key_aad(&context(), address),
        "vaultpilot/keys/v1/key|tnt_01HZX3J9QK8B3V6T2N4M5P7R9S|wal_01HZX3J9QK8B3V6T2N4M5P7R9T|7\
         |0x00000000000000000000000000000000000000ab"
    );
}

#[test]
fn too_much_is_not_even_read() {
    let envelope = Envelope {
        root: "0011223344556677".parse().unwrap(),
        address: Address::ZERO,
        dek: Sealed {
            nonce: [1; NONCE],
            bytes: [2; SEALED],
        },
        key: Sealed {
            nonce: [3; NONCE],
            bytes: [4; SEALED],
        },
    };
    let bytes = envelope.to_bytes();
    assert!(bytes.len() < MAX_BYTES / 4);
    assert_eq!(Envelope::from_bytes(&bytes), Ok(envelope));
    let padded = [bytes.as_slice(), &[b' '; MAX_BYTES]].concat();
    assert_eq!(Envelope::read(&padded), None);
    assert!(Envelope::read(&[bytes.as_slice(), b" "].concat()).is_some());
}
