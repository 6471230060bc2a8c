use alloy::primitives::{Address, U256, address};
use vaultpilot_core::{Asset, BaseUnits, ChainId};

use super::read;
use crate::wire::CallOutcome;

const CHAIN: ChainId = ChainId::eip155(1);
const TRANSFER: &str = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
const FROM: Address = address!("00000000000000000000000000000000000000aa");
const TO: Address = address!("00000000000000000000000000000000000000bb");

fn log(emitter: &str, topics: &[String], data: &str) -> serde_json::Value {
    serde_json::json!({ "address": emitter, "topics": topics, "data": data })
}

fn topics() -> Vec<String> {
    vec![
        TRANSFER.to_owned(),
        FROM.into_word().to_string(),
        TO.into_word().to_string(),
    ]
}

fn outcome(status: &str, logs: &[serde_json::Value]) -> CallOutcome {
    serde_json::from_value(serde_json::json!({
        "returnData": "0x", "gasUsed": "0x5208", "status": status, "logs": logs,
        "error": { "code": 3, "message": "execution reverted" },
    }))
    .unwrap()
}

fn amount() -> String {
    format!("0x{:064x}", 255)
}

#[test]
fn coins_come_from_either_address_nodes_use() {
    for emitter in [
        "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
        "0x0000000000000000000000000000000000000000",
    ] {
        let simulation = read(
            CHAIN,
            &outcome("0x1", &[log(emitter, &topics(), &amount())]),
        );
        let [movement] = simulation.movements.as_slice() else {
            panic!("one movement")
        };
        assert_eq!(movement.asset, Asset::native(CHAIN));
        assert_eq!((movement.from, movement.to), (FROM, TO));
        assert_eq!(movement.amount, BaseUnits(U256::from(255)));
    }
}

#[test]
fn tokens_come_from_their_contract() {
    let contract = address!("00000000000000000000000000000000000000cc");
    let entry = log(&contract.to_string(), &topics(), &amount());
    let simulation = read(CHAIN, &outcome("0x1", &[entry]));
    assert_eq!(simulation.movements[0].asset, Asset::erc20(CHAIN, contract));
}

#[test]
fn what_is_no_amount_is_no_movement() {
    let emitter = "0x00000000000000000000000000000000000000cc";
    let mut collectible = topics();
    collectible.push(collectible[1].clone());
    let mut dirty = topics();
    dirty[1] = format!("0x01{}", &dirty[1][4..]);
    let mut other = topics();
    other[0] = other[1].clone();
    let logs = [
        log(emitter, &collectible, "0x"),
        log(emitter, &dirty, &amount()),
        log(emitter, &other, &amount()),
        log(emitter, &topics(), "0x01"),
        log(emitter, &[], &amount()),
    ];
    assert_eq!(read(CHAIN, &outcome("0x1", &logs)).movements, Vec::new());
}

#[test]
fn a_failed_call_moves_nothing_and_says_why() {
    let emitter = "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";
    let simulation = read(
        CHAIN,
        &outcome("0x0", &[log(emitter, &topics(), &amount())]),
    );
    assert!(!simulation.succeeded);
    assert_eq!(simulation.error.as_deref(), Some("execution reverted"));
    assert_eq!(simulation.movements, Vec::new());
    assert_eq!(simulation.gas_used, 21_000);
}
