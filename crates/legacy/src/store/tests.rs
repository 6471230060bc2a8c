use proptest::prelude::*;
use vaultpilot_core::money::AmountError;

use super::*;
use crate::fernet::FernetKey;

/// The golden vector: whoever changes it, leaves somebody behind.
const GOLDEN: &str = r#"{"alice":{"address":"0xf4998d8143bb394de261c0cf372B58aFf8E9Cf8D","chain_id":31337,"last_nonce":null,"encrypted_privkey_hex":"674141414141427241705f4c594c475173665075543350637739334e666e4f6c3452334e493841554b4a6244756b7a4e785a3634563852543476535a7472304e554474304d554c4674365439625f734c4b443068486147547542687a6f535553566a555861396b5157625a43346e337970504e353147556a3169706b516f5f5a715f34504943676533364238"}}"#;
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const PRIVATE: &str = "dd9930cb5bd343481aca09bfd95a7cbd6dcf2ed03f4cb76d72e9efd966344d07";

const STRATEGIES: &str = r#"{"strategies": {"weekly": {"label": "weekly", "agent_id": "alice",
    "to_address": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", "amount_eth": 0.02,
    "interval_seconds": 604800, "enabled": true, "max_base_fee_gwei": 40.0, "daily_cap_eth": 0.05,
    "next_run_at": "2026-11-29T07:45:22.335624+00:00", "last_run_at": "2026-11-22T07:45:22.335624",
    "last_tx_hash": "c99405833a50bba393a455fa18b96fe0eb57d9e31d5f9190f3bfc9306b874ecd",
    "spent_day": "2026-11-22", "spent_today_eth": 0.02}}}"#;

fn key(text: &str) -> FernetKey {
    FernetKey::parse(text).unwrap()
}

fn only<T>(mut found: Vec<Found<T>>) -> Result<T, Problem> {
    assert_eq!(found.len(), 1);
    found.remove(0).record
}

#[test]
fn the_golden_vector_opens() {
    let wallet = only(wallets(GOLDEN).unwrap()).unwrap();
    assert_eq!(wallet.agent_id, "alice");
    assert_eq!(
        wallet.address.to_string(),
        "0xf4998d8143bb394de261c0cf372B58aFf8E9Cf8D"
    );
    assert_eq!((wallet.chain_id, wallet.last_nonce), (31337, None));
    // A wrong key before the right one is passed over.
    let wrong = key("cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=");
    let (secret, by) = wallet.open(&[wrong, key(KEY)]).unwrap();
    assert_eq!((hex::encode(secret.bytes()).as_str(), by), (PRIVATE, 1));
}

#[test]
fn a_wrong_key_names_nothing_but_the_record() {
    let found = wallets(GOLDEN).unwrap();
    assert_eq!(found[0].name, "alice");
    let wallet = only(found).unwrap();
    let wrong = key("cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=");
    assert_eq!(
        wallet.open(&[wrong]).err(),
        Some(Problem::WrongKey { tried: 1 })
    );
    assert_eq!(wallet.open(&[]).err(), Some(Problem::WrongKey { tried: 0 }));
}

#[test]
fn a_strategy_is_exact() {
    let strategy = only(strategies(STRATEGIES).unwrap()).unwrap();
    assert_eq!(strategy.amount.to_string(), "20000000000000000");
    assert_eq!(strategy.daily_cap.unwrap().to_string(), "50000000000000000");
    assert_eq!(strategy.max_base_fee.unwrap().to_string(), "40000000000");
    assert_eq!(
        strategy.next_run_at.unwrap().to_string(),
        "2026-11-29T07:45:22.335624Z"
    );
    assert_eq!(
        strategy.last_run_at.unwrap().to_string(),
        "2026-11-22T07:45:22.335624Z"
    );
    assert_eq!(strategy.spent_day.unwrap().to_string(), "2026-11-22");
    assert!(strategy.enabled && strategy.last_tx_hash.is_some());
}

#[test]
fn what_is_wrong_in_a_strategy_is_named() {
    let error = |from: &str, to: &str| {
        let text = STRATEGIES.replacen(from, to, 1);
        assert_ne!(text, STRATEGIES);
        only(strategies(&text).unwrap()).unwrap_err()
    };
    let amount = |source| Problem::Amount {
        field: "amount_eth",
        source,
    };
    let field = |field: &str| Problem::Field {
        field: field.to_owned(),
    };
    let table = [
        ("0.02", "-0.02", amount(AmountError::Negative)),
        (
            "0.02",
            "1e-19",
            amount(AmountError::TooPrecise {
                given: 19,
                allowed: 18,
            }),
        ),
        ("0.02", "\"0.02\"", amount(AmountError::NotADecimal)),
        ("0.02", "0.0", field("amount_eth")),
        ("\"amount_eth\": 0.02,", "", field("amount_eth")),
        ("604800", "0", field("interval_seconds")),
        ("604800", "1.5", field("interval_seconds")),
        ("true", "1", field("enabled")),
        (
            "\"weekly\": {\"label\": \"weekly\"",
            "\"weekly\": {\"label\": \"daily\"",
            field("label"),
        ),
        (
            "79C8",
            "79c8",
            Problem::Address {
                field: "to_address",
            },
        ),
        (
            "2026-11-29T",
            "2026-13-29T",
            Problem::Moment {
                field: "next_run_at",
            },
        ),
        (
            "2026-11-22\"",
            "22.11.2026\"",
            Problem::Moment { field: "spent_day" },
        ),
        ("c994", "c99", field("last_tx_hash")),
    ];
    for (from, to, expected) in table {
        assert_eq!(error(from, to), expected, "{to}");
    }
}

#[test]
fn what_is_wrong_in_a_wallet_is_named_without_repeating_it() {
    let secret = format!(r#"{{"alice":{{"address":"{PRIVATE}","chain_id":"{PRIVATE}"}}}}"#);
    let error = only(wallets(&secret).unwrap()).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(&PRIVATE[..8]));
    let error =
        |from: &str, to: &str| only(wallets(&GOLDEN.replacen(from, to, 1)).unwrap()).unwrap_err();
    assert_eq!(error("Cf8D", "cf8d"), Problem::Address { field: "address" });
    assert_eq!(error("31337", "0"), Problem::field("chain_id"));
    assert_eq!(error("31337", "31337.0"), Problem::field("chain_id"));
    assert_eq!(error("null", "-1"), Problem::field("last_nonce"));
    assert_eq!(error("6741", "zz41"), Problem::NotAToken);
    assert_eq!(
        error("encrypted_privkey_hex", "key"),
        Problem::field("encrypted_privkey_hex")
    );
    assert_eq!(error("alice", " "), Problem::Name);
}

#[test]
fn records_of_one_name_are_refused_and_their_neighbours_read() {
    let record = &GOLDEN["{\"alice\":".len()..GOLDEN.len() - 1];
    let text = format!("{{\"alice\":{record},\"bob\":{record},\"alice\":{record},\"eve\":7}}");
    let found = wallets(&text).unwrap();
    let said: Vec<_> = found
        .iter()
        .map(|found| (found.name.as_str(), found.record.as_ref().err()))
        .collect();
    let eve = Problem::field("record");
    let expected = [
        ("alice", Some(&Problem::Duplicate)),
        ("bob", None),
        ("alice", Some(&Problem::Duplicate)),
        ("eve", Some(&eve)),
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_hostile_store_is_refused_whole() {
    let json = |text: &str| {
        let error = wallets(text).unwrap_err();
        assert!(
            matches!(error, StoreError::NotJson { .. }),
            "{text:.40}: {error}"
        );
    };
    for end in 0..GOLDEN.len() {
        json(&GOLDEN[..end]);
    }
    json("[]");
    json("null");
    json(&"[".repeat(1_000_000));
    json(&format!("{GOLDEN}{GOLDEN}"));
    // Deep nonsense inside a record is that record's problem, and exhausts no stack.
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(500_000), "]".repeat(500_000));
    assert!(only(wallets(&deep).unwrap()).is_err());
    let long = " ".repeat(MAX_STORE + 1);
    assert_eq!(wallets(&long), Err(StoreError::TooLong));
    let many: Vec<String> = (0..=MAX_RECORDS).map(|n| format!("\"{n}\":0")).collect();
    let many = format!("{{{}}}", many.join(","));
    assert_eq!(wallets(&many), Err(StoreError::TooMany));
    assert!(wallets(&format!("\u{feff}{GOLDEN}")).is_ok());
}

proptest! {
    #[test]
    fn nothing_panics(text in ".{0,200}", at in 0usize..2000, byte in any::<u8>()) {
        let _ = wallets(&text).is_ok();
        let _ = strategies(&text).is_ok();
        for whole in [GOLDEN, STRATEGIES] {
            let mut bytes = whole.as_bytes().to_vec();
            let at = at % bytes.len();
            bytes[at] = byte;
            let text = String::from_utf8_lossy(&bytes);
            let _ = wallets(&text).is_ok();
            let _ = strategies(&text).is_ok();
        }
    }
}
