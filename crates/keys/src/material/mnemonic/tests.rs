use proptest::prelude::*;

use super::*;
use crate::material::address;

const TEST: &str = "test test test test test test test test test test test junk";
const ABANDON: &str = "abandon abandon abandon abandon abandon abandon abandon abandon abandon \
                       abandon abandon about";

/// What every development chain gives its first ten accounts.
#[test]
fn the_accounts_of_anvil_come_out_of_its_mnemonic() {
    let accounts = [
        "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
        "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
        "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
        "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
        "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65",
        "0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc",
        "0x976EA74026E726554dB657fA54763abd0C3a0aa9",
        "0x14dC79964da2C08b23698B3D3cc7Ca32193d9955",
        "0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f",
        "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720",
    ];
    for (index, expected) in accounts.into_iter().enumerate() {
        let key = from_mnemonic(TEST, "", &format!("m/44'/60'/0'/0/{index}")).unwrap();
        assert_eq!(address(&key).unwrap().to_string(), expected);
    }
    let hardened = from_mnemonic(TEST, "", "m/44h/60H/0'/0/0").unwrap();
    assert_eq!(address(&hardened).unwrap().to_string(), accounts[0]);
}

/// The vectors of BIP-39 (passphrase TREZOR) name the seed's root key too: `m` is that key.
#[test]
fn seeds_are_those_of_the_vectors() {
    let table = [
        (
            ABANDON,
            "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04",
        ),
        (
            "legal winner thank year wave sausage worth useful legal winner thank yellow",
            "2e8905819b8723fe2c1d161860e5ee1830318dbf49a83bd451cfb8440c28bd6fa457fe1296106559a3c80937a1c1069be3a3a5bd381ee6260e8d9739fce1f607",
        ),
        (
            "letter advice cage absurd amount doctor acoustic avoid letter advice cage above",
            "d71de856f81a8acc65e6fc851a38d4d7ec216fd0796d0a6827a3ad6ed5511a30fa280f12eb2e47ed2ac03b5c462a0358d18d69fe4f985ec81778c1b370b652a8",
        ),
        (
            "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong",
            "ac27495480225222079d7be181583751e86f571027b0497b5b5d11218e0a8a13332572917f0f8e5a589620c6f15b11c61dee327651a14c34e18231052e48c069",
        ),
        (
            "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo vote",
            "dd48c104698c30cfe2b6142103248622fb7bb0ff692eebb00089b32d22484e1613912f0a5b694407be899ffd31ed3992c456cdf60f5d4564b8ba3f05a69890ad",
        ),
    ];
    for (words, seed) in table {
        let mnemonic = read_words(words).unwrap();
        let made = mnemonic.to_seed_normalized("TREZOR");
        assert_eq!(hex::encode(made), seed, "{words}");
    }
}

/// Test vectors 1 and 2 of BIP-32.
#[test]
fn children_are_those_of_the_vectors() {
    let one = "000102030405060708090a0b0c0d0e0f";
    let two = "fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a29f9c999693908d8a8784817e7b7875726f6c696663605d5a5754514e4b484542";
    let table = [
        (
            one,
            "m",
            "e8f32e723decf4051aefac8e2c93c9c5b214313817cdb01a1494b917c8436b35",
        ),
        (
            one,
            "m/0'",
            "edb2e14f9ee77d26dd93b4ecede8d16ed408ce149b6cd80b0715a2d911a0afea",
        ),
        (
            one,
            "m/0'/1",
            "3c6cb8d0f6a264c91ea8b5030fadaa8e538b020f0a387421a12de9319dc93368",
        ),
        (
            one,
            "m/0'/1/2'",
            "cbce0d719ecf7431d88e6a89fa1483e02e35092af60c042b1df2ff59fa424dca",
        ),
        (
            two,
            "m",
            "4b03d6fc340455b363f51020ad3ecca4f0850280cf436c70c727923f6db46c3e",
        ),
        (
            two,
            "m/0",
            "abe74a98f6c7eabee0428f53798f0ab8aa1bd37873999041703c742f15ac7e1e",
        ),
    ];
    for (seed, path, expected) in table {
        let key = XPrv::derive_from_path(hex::decode(seed).unwrap(), &path.parse().unwrap());
        assert_eq!(hex::encode(key.unwrap().to_bytes()), expected, "{path}");
    }
}

#[test]
fn what_is_framed_or_shouted_is_the_same_mnemonic() {
    let plain = from_mnemonic(TEST, "", DEFAULT_PATH).unwrap();
    let framed = format!("\n  {}\r\n", TEST.to_uppercase().replace(' ', " \n\t"));
    let again = from_mnemonic(&framed, "", DEFAULT_PATH).unwrap();
    assert_eq!(plain.bytes(), again.bytes());
}

/// Composed and decomposed letters are one passphrase; another one is another key.
#[test]
fn a_passphrase_is_normalised() {
    let composed = from_mnemonic(TEST, "caf\u{e9}", DEFAULT_PATH).unwrap();
    let decomposed = from_mnemonic(TEST, "cafe\u{301}", DEFAULT_PATH).unwrap();
    let other = from_mnemonic(TEST, "cafe", DEFAULT_PATH).unwrap();
    assert_eq!(composed.bytes(), decomposed.bytes());
    assert_ne!(composed.bytes(), other.bytes());
}

#[test]
fn what_is_wrong_with_words_is_told_without_them() {
    let error = |words: &str| from_mnemonic(words, "", DEFAULT_PATH).err().unwrap();
    assert_eq!(error(""), MaterialError::WordCount { count: 0 });
    assert_eq!(error("test junk"), MaterialError::WordCount { count: 2 });
    assert_eq!(
        error(&format!("{TEST} junk")),
        MaterialError::WordCount { count: 13 }
    );
    assert_eq!(
        error(&TEST.replace("junk", "test")),
        MaterialError::Checksum
    );
    let unknown = TEST.replacen("test", "tset", 1);
    assert_eq!(error(&unknown), MaterialError::UnknownWord { position: 1 });
    let accented = TEST.replace("junk", "júnk");
    assert_eq!(
        error(&accented),
        MaterialError::UnknownWord { position: 12 }
    );
    assert!(!error(&unknown).to_string().contains("tset"));
    assert!(matches!(
        error(&"test ".repeat(1000)),
        MaterialError::TooLong {
            what: "mnemonic",
            ..
        }
    ));
}

#[test]
fn a_path_that_is_none_is_refused() {
    let error = |path: &str| from_mnemonic(TEST, "", path).err().unwrap();
    let bad = [
        "",
        "44'/60'",
        "m/",
        "m//0",
        "m/-1",
        "m/x",
        "m/0''",
        "m/2147483648",
        "m/4294967296'",
        "m/99999999999999999999",
        "n/0",
        "m/0/",
        "m /0",
        "m/０",
    ];
    for path in bad {
        assert_eq!(error(path), MaterialError::Path, "{path:?}");
    }
    let deep = format!("m{}", "/0".repeat(200));
    assert!(matches!(error(&deep), MaterialError::TooLong { .. }));
    assert!(from_mnemonic(TEST, "", "m/2147483647'").is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_panics(words in ".{0,80}", path in "m(/[0-9]{1,11}['hH]?){0,4}|.{0,20}") {
        let _ = from_mnemonic(&words, "", &path).is_ok();
        let _ = read_path(&path).is_ok();
    }
}
