use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::{Value, json};
use vaultpilot_testkit::SeededEntropy;

use super::*;
use crate::material::{MaterialError, address, from_hex};

/// The key, the password and the two keystores of the definition of the format.
const KEY: &str = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";
const ADDRESS: &str = "008aeeda4d805471df9b2a5b0f38a0c3bcba786b";

fn password() -> SecretString {
    SecretString::from("testpassword")
}

fn pbkdf2() -> Value {
    json!({
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": { "iv": "6087dab2f9fdbbfaddc31a909735c1e6" },
            "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
            "kdf": "pbkdf2",
            "kdfparams": {
                "c": 262_144, "dklen": 32, "prf": "hmac-sha256",
                "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"
            },
            "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"
        },
        "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
        "version": 3
    })
}

fn scrypt() -> Value {
    json!({
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": { "iv": "83dbcc02d8ccb40e466191a123791e0e" },
            "ciphertext": "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
            "kdf": "scrypt",
            "kdfparams": {
                "dklen": 32, "n": 262_144, "p": 8, "r": 1,
                "salt": "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"
            },
            "mac": "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"
        },
        "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
        "version": 3
    })
}

fn refused(keystore: &Value) -> KeystoreError {
    match read(&keystore.to_string(), &password()).err().unwrap() {
        MaterialError::Keystore(error) => error,
        other => panic!("{other}"),
    }
}

/// A copy with one value changed.
fn with(mut keystore: Value, pointer: &str, value: Value) -> Value {
    *keystore.pointer_mut(pointer).unwrap() = value;
    keystore
}

#[test]
fn the_keystores_of_the_definition_open() {
    let mut named = pbkdf2();
    named["address"] = json!(ADDRESS);
    let mut old = pbkdf2();
    old["Crypto"] = old["crypto"].take();
    old.as_object_mut().unwrap().remove("crypto");
    for keystore in [pbkdf2(), scrypt(), named, old] {
        let key = read(&keystore.to_string(), &password()).unwrap();
        assert_eq!(hex::encode(key.bytes()), KEY);
    }
}

#[test]
fn a_written_keystore_opens_again_and_under_its_password_only() {
    let key = from_hex(KEY).unwrap();
    let address = address(&key).unwrap();
    let entropy = SeededEntropy::new(5);
    let cost = Cost::new(10).unwrap();
    let text = write(&key, address, &password(), &entropy, cost).unwrap();
    assert_eq!(read(&text, &password()).ok().unwrap().bytes(), key.bytes());
    let wrong = read(&text, &SecretString::from("testpassword "));
    assert_eq!(wrong.err(), Some(KeystoreError::Password.into()));
    assert!(!text.contains(KEY));
    // Nothing comes twice.
    let again = write(&key, address, &password(), &entropy, cost).unwrap();
    let (one, two): (Value, Value) = (
        serde_json::from_str(&text).unwrap(),
        serde_json::from_str(&again).unwrap(),
    );
    for pointer in [
        "/id",
        "/crypto/ciphertext",
        "/crypto/cipherparams/iv",
        "/crypto/kdfparams/salt",
    ] {
        assert_ne!(one.pointer(pointer), two.pointer(pointer), "{pointer}");
    }
    assert_eq!(one["address"], ADDRESS);
    assert_eq!(one["version"], 3);
    assert_eq!(one["id"].as_str().unwrap().as_bytes()[14], b'4');
}

#[test]
fn the_default_cost_is_the_recommended_one() {
    assert_eq!(Cost::default(), Cost::new(17).unwrap());
    assert_eq!((Cost::new(9), Cost::new(19)), (None, None));
}

#[test]
fn what_was_altered_is_found() {
    let mac = "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b3";
    let altered = with(pbkdf2(), "/crypto/mac", json!(mac));
    let quick = with(altered, "/crypto/kdfparams/c", json!(1));
    assert_eq!(refused(&quick), KeystoreError::Password);
    let mut other = pbkdf2();
    other["address"] = json!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
    assert_eq!(refused(&other), KeystoreError::Address);
}

/// No password is tried at a cost that would exhaust the machine: the test ends at once.
#[test]
fn a_hostile_cost_is_refused_before_it_is_paid() {
    let scrypts = [
        ("/crypto/kdfparams/n", json!(1_u64 << 40)),
        ("/crypto/kdfparams/n", json!(u64::MAX)),
        ("/crypto/kdfparams/n", json!(262_143)),
        ("/crypto/kdfparams/n", json!(0)),
        ("/crypto/kdfparams/n", json!(1)),
        ("/crypto/kdfparams/r", json!(0)),
        ("/crypto/kdfparams/r", json!(9)),
        ("/crypto/kdfparams/r", json!(u32::MAX)),
        ("/crypto/kdfparams/p", json!(0)),
        ("/crypto/kdfparams/p", json!(17)),
        ("/crypto/kdfparams/p", json!(u64::MAX)),
        ("/crypto/kdfparams/dklen", json!(64)),
        ("/crypto/kdfparams/salt", json!("00".repeat(257))),
    ];
    for (pointer, value) in scrypts {
        let error = refused(&with(scrypt(), pointer, value.clone()));
        assert!(
            matches!(error, KeystoreError::Cost { kdf: "scrypt", .. }),
            "{pointer} {value}"
        );
    }
    let pbkdf2s = [
        ("/crypto/kdfparams/c", json!(0)),
        ("/crypto/kdfparams/c", json!(10_000_001)),
        ("/crypto/kdfparams/c", json!(u64::MAX)),
        ("/crypto/kdfparams/dklen", json!(0)),
        ("/crypto/kdfparams/prf", json!("hmac-md5")),
    ];
    for (pointer, value) in pbkdf2s {
        let error = refused(&with(pbkdf2(), pointer, value.clone()));
        assert!(
            matches!(error, KeystoreError::Cost { kdf: "pbkdf2", .. }),
            "{pointer} {value}"
        );
    }
}

#[test]
fn what_is_no_keystore_is_refused_without_repeating_it() {
    let none = |text: &str| {
        let error = read(text, &password()).err().unwrap();
        assert!(!error.to_string().contains(&KEY[..8]), "{error}");
        assert!(
            matches!(
                error,
                MaterialError::Keystore(KeystoreError::NotAKeystore { .. })
            ),
            "{text:.60}: {error}"
        );
    };
    let whole = pbkdf2().to_string();
    for end in (0..whole.len()).step_by(7) {
        none(&whole[..end]);
    }
    // A private key, where a keystore was asked for.
    none(KEY);
    none(&format!("\"{KEY}\""));
    none(&"[".repeat(60_000));
    none(&format!("{{\"crypto\":{}", "{\"a\":".repeat(10_000)));
    none(&with(pbkdf2(), "/crypto/ciphertext", json!("00")).to_string());
    none(&with(pbkdf2(), "/crypto/ciphertext", json!("zz".repeat(32))).to_string());
    none(&with(pbkdf2(), "/crypto/kdf", json!("argon2")).to_string());
    none(&with(pbkdf2(), "/crypto/kdfparams/c", json!(-1)).to_string());
    none(&with(pbkdf2(), "/crypto/kdfparams/c", json!(1e300)).to_string());
    let long = format!("{}{whole}", " ".repeat(70_000));
    let long = read(&long, &password()).err().unwrap();
    assert!(matches!(
        long,
        MaterialError::Keystore(KeystoreError::TooLong { .. })
    ));
    assert_eq!(
        refused(&with(pbkdf2(), "/version", json!(4))),
        KeystoreError::Version { found: 4 }
    );
    let cbc = with(pbkdf2(), "/crypto/cipher", json!("aes-128-cbc"));
    assert_eq!(refused(&cbc), KeystoreError::Cipher);
}

proptest! {
    #[test]
    fn nothing_panics(text in ".{0,200}", at in 0usize..600, byte in any::<u8>()) {
        let _ = read(&text, &password()).is_ok();
        let mut bytes = with(pbkdf2(), "/crypto/kdfparams/c", json!(1)).to_string().into_bytes();
        let at = at % bytes.len();
        // A changed count may cost seconds: what is tried here is the rest.
        prop_assume!(!(byte.is_ascii_digit()));
        bytes[at] = byte;
        if let Ok(text) = String::from_utf8(bytes) {
            let _ = read(&text, &password()).is_ok();
        }
    }
}
