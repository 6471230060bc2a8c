use std::collections::{BTreeMap, BTreeSet};

use clap::Parser as _;
use serde_json::{Value, json};
use vaultpilot_legacy::fernet::FernetKey;
use vaultpilot_legacy::store;
use vaultpilot_ports::control_plane::WalletView;

use super::fernet_key::FernetKeys;
use super::found::Legacy;
use super::plan::{Fate, Plan};
use super::*;
use crate::cli::{Cli, Command};

/// The golden vector of the predecessor's stores.
const RECORD: &str = r#"{"address":"0xf4998d8143bb394de261c0cf372B58aFf8E9Cf8D","chain_id":31337,"last_nonce":null,"encrypted_privkey_hex":"674141414141427241705f4c594c475173665075543350637739334e666e4f6c3452334e493841554b4a6244756b7a4e785a3634563852543476535a7472304e554474304d554c4674365439625f734c4b443068486147547542687a6f535553566a555861396b5157625a43346e337970504e353147556a3169706b516f5f5a715f34504943676533364238"}"#;
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const ADDRESS: &str = "0xf4998d8143bb394de261c0cf372B58aFf8E9Cf8D";
const ANVIL: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

fn args(more: &[&str]) -> LegacyArgs {
    let mut line = vec![
        "vaultpilot",
        "import-legacy",
        "--wallet-store",
        "store.json",
    ];
    line.extend(more);
    match Cli::parse_from(line).command {
        Command::ImportLegacy(args) => *args,
        other => panic!("{other:?}"),
    }
}

fn ground() -> Ground {
    Ground {
        chains: BTreeSet::from(["eip155:31337".parse().unwrap()]),
        wallets: BTreeMap::new(),
        strategies: BTreeMap::new(),
        policies: BTreeMap::new(),
    }
}

fn with_wallet(label: &str, address: &str, chain: &str) -> Ground {
    let wallet: WalletView = serde_json::from_value(json!({
        "id": "wal_1", "label": label, "address": address, "state": "active",
        "chains": [chain], "created_at": "2026-11-24T00:00:00Z",
    }))
    .unwrap();
    let mut ground = ground();
    ground.wallets.insert(label.to_owned(), wallet);
    ground
}

fn legacy(wallets: &str, strategies: &Value) -> Legacy {
    Legacy {
        wallets: store::wallets(wallets).unwrap(),
        strategies: store::strategies(&json!({ "strategies": strategies }).to_string()).unwrap(),
        keys: Some(FernetKeys {
            keys: vec![FernetKey::parse(KEY).unwrap()],
            origins: vec!["here".to_owned()],
            unusable: Vec::new(),
        }),
        limits: None,
        events: 0,
    }
}

fn planned(wallets: &str, ground: &Ground, more: &[&str]) -> Plan {
    Plan::make(&args(more), legacy(wallets, &json!({})), ground)
}

fn alice() -> String {
    format!("{{\"alice\":{RECORD}}}")
}

fn code(fate: &Fate) -> &str {
    match fate {
        Fate::Failed { code, .. } => code,
        Fate::New => "new",
        Fate::Unchanged => "unchanged",
        Fate::Done => "done",
    }
}

#[test]
fn the_golden_vector_is_new_and_then_unchanged() {
    let plan = planned(&alice(), &ground(), &[]);
    assert_eq!(code(&plan.wallets[0].fate), "new");
    assert_eq!((plan.failed(), plan.has_news()), (0, true));
    let there = with_wallet("alice", ADDRESS, "eip155:31337");
    let plan = planned(&alice(), &there, &[]);
    assert_eq!(code(&plan.wallets[0].fate), "unchanged");
    assert!(!plan.has_news());
}

#[test]
fn a_label_keeps_its_key_and_a_key_its_label() {
    let table = [
        (with_wallet("alice", ANVIL, "eip155:31337"), "label_taken"),
        (with_wallet("bob", ADDRESS, "eip155:31337"), "address_taken"),
        (
            with_wallet("alice", ADDRESS, "eip155:1"),
            "wallet_not_on_chain",
        ),
    ];
    for (ground, expected) in table {
        let plan = planned(&alice(), &ground, &[]);
        assert_eq!(code(&plan.wallets[0].fate), expected);
    }
}

#[test]
fn an_address_that_is_another_keys_is_refused() {
    let lie = alice().replace(ADDRESS, ANVIL);
    let plan = planned(&lie, &ground(), &[]);
    let Fate::Failed { code, message } = &plan.wallets[0].fate else {
        panic!("it passed");
    };
    assert_eq!(code, "address_mismatch");
    assert!(
        message.contains(ADDRESS) && message.contains(ANVIL),
        "{message}"
    );
}

#[test]
fn chains_are_mapped_and_must_be_configured() {
    let other = alice().replace("31337", "5");
    let plan = planned(&other, &ground(), &[]);
    assert_eq!(code(&plan.wallets[0].fate), "chain_not_configured");
    let plan = planned(&other, &ground(), &["--chain-map", "5=eip155:31337"]);
    assert_eq!(code(&plan.wallets[0].fate), "new");
    assert!(
        chain_map("5").is_err() && chain_map("x=eip155:1").is_err() && chain_map("5=1").is_err()
    );
}

#[test]
fn names_that_become_one_label_are_refused_with_both_names() {
    let two = format!("{{\"My Bot\":{RECORD},\"my_bot\":{RECORD}}}");
    let plan = planned(&two, &ground(), &[]);
    for wallet in &plan.wallets {
        let Fate::Failed { code, message } = &wallet.fate else {
            panic!("it passed");
        };
        assert_eq!(code, "label_collision");
        assert!(
            message.contains("My Bot") && message.contains("my_bot"),
            "{message}"
        );
    }
    let twice = format!("{{\"alice\":{RECORD},\"bob\":{RECORD}}}");
    let plan = planned(&twice, &ground(), &[]);
    assert_eq!(plan.failed(), 2);
    assert_eq!(code(&plan.wallets[1].fate), "address_twice");
}

fn weekly() -> Value {
    json!({
        "label": "weekly", "agent_id": "alice", "to_address": ANVIL, "amount_eth": 0.02,
        "interval_seconds": 604_800, "enabled": true, "max_base_fee_gwei": 40.0,
        "daily_cap_eth": 0.05, "next_run_at": "2099-11-29T07:45:22.335624",
    })
}

fn strategy(record: &Value, ground: &Ground, more: &[&str]) -> StrategyPlanned {
    let legacy = legacy(&alice(), &json!({ "weekly": record }));
    let mut plan = Plan::make(&args(more), legacy, ground);
    let strategy = plan.strategies.remove(0);
    StrategyPlanned {
        code: code(&strategy.fate).to_owned(),
        body: strategy.body,
    }
}

struct StrategyPlanned {
    code: String,
    body: Value,
}

#[test]
fn a_strategy_becomes_a_transfer_that_rests() {
    let rests = strategy(&weekly(), &ground(), &[]);
    assert_eq!(rests.code, "new");
    let expected = json!({
        "name": "weekly", "wallet": "alice", "chain": "eip155:31337", "to": ANVIL,
        "asset": "native", "amount": "0.02", "every_s": 604_800, "max_per_day": "0.05",
        "max_base_fee_gwei": "40", "start_at": "2099-11-29T07:45:22.335624Z",
        "suspended": "imported from AgentVault, where it was enabled",
    });
    assert_eq!(rests.body, expected);
    let runs = strategy(&weekly(), &ground(), &["--enable-strategies"]);
    assert_eq!(runs.body["suspended"], Value::Null);
    let mut disabled = weekly();
    disabled["enabled"] = json!(false);
    let rests = strategy(&disabled, &ground(), &["--enable-strategies"]);
    assert!(rests.body["suspended"].is_string());
}

#[test]
fn what_the_server_would_refuse_is_found_before_anything_is_sent() {
    let mut record = weekly();
    record["daily_cap_eth"] = json!(0.01);
    assert_eq!(strategy(&record, &ground(), &[]).code, "limit_below_amount");
    let mut record = weekly();
    record["interval_seconds"] = json!(1);
    assert_ne!(strategy(&record, &ground(), &[]).code, "new");
    let mut record = weekly();
    record["agent_id"] = json!("nobody");
    assert_eq!(strategy(&record, &ground(), &[]).code, "wallet_missing");
}

#[test]
fn a_strategy_that_is_there_is_left_as_it_is() {
    let mut ground = ground();
    let mut there = strategy(&weekly(), &ground, &[]).body;
    there["state"] = json!("active");
    ground.strategies.insert("weekly".to_owned(), there.clone());
    assert_eq!(strategy(&weekly(), &ground, &[]).code, "unchanged");
    there["amount"] = json!("1");
    ground.strategies.insert("weekly".to_owned(), there);
    assert_eq!(strategy(&weekly(), &ground, &[]).code, "strategy_differs");
}

#[test]
fn a_real_run_needs_a_word_about_the_backup() {
    let asked = |more: &[&str]| args(more).backup.seal();
    assert!(matches!(
        asked(&[]),
        Err(Failure::Legacy(LegacyError::BackupNeeded))
    ));
    assert!(asked(&["--no-backup"]).unwrap().is_none());
}
