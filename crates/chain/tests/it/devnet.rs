//! A chain of one's own: it keeps its state, and it never outlives its starter.

use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use vaultpilot_chain::{Chains, Devnet, DevnetError, DevnetOptions};
use vaultpilot_core::{BaseUnits, Token};
use vaultpilot_ports::{ChainReader, Faucet};

use crate::fixture::{
    ALICE, BOB, CHAIN, ETHER, OWNER, TOKEN, mined, options, reach, rpc, transfer,
};

const HELD_STATE: &str = "VAULTPILOT_TEST_HELD_STATE";

fn kept(state: &Path) -> DevnetOptions {
    DevnetOptions {
        state_file: Some(state.to_owned()),
        ..options()
    }
}

async fn start(state: &Path) -> (Devnet, Chains) {
    let devnet = Devnet::start(kept(state)).await.unwrap();
    let chains = reach(&[&devnet.url()]);
    (devnet, chains)
}

async fn fund(chains: &Chains) {
    let hash = chains
        .fund(CHAIN, ALICE, BaseUnits::from_u128(ETHER))
        .await
        .unwrap();
    mined(chains, hash).await;
}

fn port_is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
}

#[tokio::test]
async fn a_stopped_chain_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("inner/state.json");
    let (devnet, chains) = start(&state).await;
    let ground = crate::fixture::Ground { devnet, chains };
    let token = ground.deploy(TOKEN).await;
    let hash = ground
        .chains
        .fund(CHAIN, ALICE, BaseUnits::from_u128(ETHER))
        .await
        .unwrap();
    let receipt = ground.mined(hash).await;
    let nonces = ground.chains.nonces(CHAIN, OWNER).await.unwrap();
    let head = ground.chains.head(CHAIN).await.unwrap();
    let port = ground.devnet.port();
    ground.devnet.stop().await.unwrap();
    assert!(port_is_free(port));

    let (devnet, chains) = start(&state).await;
    assert_eq!(devnet.recovery(), None);
    assert_eq!(
        chains.balance(CHAIN, ALICE, Token::Native).await,
        Ok(BaseUnits::from_u128(ETHER))
    );
    assert_eq!(chains.nonces(CHAIN, OWNER).await, Ok(nonces));
    assert_eq!(chains.receipt(CHAIN, hash).await, Ok(Some(receipt)));
    assert_eq!(chains.token(CHAIN, token).await.unwrap().symbol, "TUSD");
    assert_eq!(chains.head(CHAIN).await.unwrap().number, head.number);
    assert!(
        chains
            .simulate(OWNER, &transfer(token, BOB, 1), 100_000)
            .await
            .unwrap()
            .succeeded
    );
    devnet.stop().await.unwrap();
}

#[tokio::test]
async fn a_dropped_devnet_writes_its_state_before_the_next_one_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json");
    for round in 1..=3_u128 {
        let (devnet, chains) = start(&state).await;
        fund(&chains).await;
        let balance = chains.balance(CHAIN, ALICE, Token::Native).await;
        assert_eq!(balance, Ok(BaseUnits::from_u128(round * ETHER)));
        // Nobody waits for it; the next start does.
        drop(devnet);
    }
}

/// Not a test of its own: the process that the next test kills.
#[tokio::test]
#[ignore = "started by another test, to be killed by it"]
async fn holds_a_devnet_until_it_is_killed() {
    let Some(state) = std::env::var_os(HELD_STATE) else {
        return;
    };
    let (devnet, chains) = start(Path::new(&state)).await;
    fund(&chains).await;
    println!("held {}", devnet.port());
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_killed_starter_takes_its_chain_along_and_the_state_stays() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json");
    let mut starter = Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "--nocapture",
            "devnet::holds_a_devnet_until_it_is_killed",
        ])
        .env(HELD_STATE, &state)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(starter.stdout.take().unwrap()).lines();
    let port: u16 = loop {
        let line = lines
            .next_line()
            .await
            .unwrap()
            .expect("the starter speaks before it ends");
        if let Some((_, port)) = line.split_once("held ") {
            break port.parse().unwrap();
        }
    };
    assert!(!port_is_free(port));
    starter.kill().await.unwrap();

    let (devnet, chains) = start(&state).await;
    assert!(
        port_is_free(port),
        "the old node is gone when the new one is up"
    );
    assert_eq!(devnet.recovery(), None);
    assert_eq!(
        chains.balance(CHAIN, ALICE, Token::Native).await,
        Ok(BaseUnits::from_u128(ETHER))
    );
    devnet.stop().await.unwrap();
}

#[tokio::test]
async fn a_damaged_state_is_replaced_by_the_copy_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json");
    let (devnet, chains) = start(&state).await;
    fund(&chains).await;
    devnet.stop().await.unwrap();
    let whole = std::fs::read(&state).unwrap();
    std::fs::write(&state, &whole[..whole.len() / 2]).unwrap();

    let (devnet, chains) = start(&state).await;
    let recovery = devnet.recovery().unwrap();
    assert_eq!(
        std::fs::read(&recovery.damaged).unwrap(),
        whole[..whole.len() / 2]
    );
    assert_eq!(
        chains.balance(CHAIN, ALICE, Token::Native).await,
        Ok(BaseUnits::from_u128(ETHER))
    );
}

#[tokio::test]
async fn a_damaged_state_without_a_copy_starts_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json");
    std::fs::write(&state, "{\"accounts\":").unwrap();
    let error = Devnet::start(kept(&state)).await.unwrap_err();
    assert!(matches!(error, DevnetError::Damaged { .. }), "{error}");
}

#[tokio::test]
async fn old_empty_blocks_are_dropped_between_runs_and_receipts_stay() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json");
    let (devnet, chains) = start(&state).await;
    let hash = chains
        .fund(CHAIN, ALICE, BaseUnits::from_u128(ETHER))
        .await
        .unwrap();
    let receipt = mined(&chains, hash).await;
    rpc(&devnet.url(), "anvil_mine", json!(["0x258"])).await;
    devnet.stop().await.unwrap();
    let long = std::fs::metadata(&state).unwrap().len();

    let (devnet, chains) = start(&state).await;
    assert!(std::fs::metadata(&state).unwrap().len() < long * 2 / 3);
    assert_eq!(chains.head(CHAIN).await.unwrap().number, 601);
    assert_eq!(chains.receipt(CHAIN, hash).await, Ok(Some(receipt)));
    let block = rpc(&devnet.url(), "eth_getBlockByNumber", json!(["0x5", false])).await;
    assert_eq!(block, json!(null));
    let hash = chains
        .fund(CHAIN, ALICE, BaseUnits::from_u128(ETHER))
        .await
        .unwrap();
    assert_eq!(mined(&chains, hash).await.block_number, 602);
    devnet.stop().await.unwrap();
}

#[tokio::test]
async fn blocks_come_by_the_clock() {
    let timed = DevnetOptions {
        block_time: Duration::from_millis(200),
        ..options()
    };
    let devnet = Devnet::start(timed).await.unwrap();
    let chains = reach(&[&devnet.url()]);
    let first = chains.head(CHAIN).await.unwrap().number;
    let hash = chains
        .fund(CHAIN, ALICE, BaseUnits::from_u128(1))
        .await
        .unwrap();
    assert!(mined(&chains, hash).await.block_number > first);
}

#[tokio::test]
async fn one_state_has_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json");
    let (first, _) = start(&state).await;
    let error = Devnet::start(kept(&state)).await.unwrap_err();
    assert!(matches!(error, DevnetError::InUse { .. }), "{error}");
    first.stop().await.unwrap();
}

#[tokio::test]
async fn another_chain_id_can_be_chosen() {
    let other = DevnetOptions {
        chain_id: 1_337,
        ..options()
    };
    let devnet = Devnet::start(other).await.unwrap();
    assert_eq!(
        rpc(&devnet.url(), "eth_chainId", json!([])).await,
        json!("0x539")
    );
}

#[tokio::test]
async fn a_taken_port_is_refused() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = holder.local_addr().unwrap().port();
    let taken = DevnetOptions {
        port: Some(port),
        ..options()
    };
    let error = Devnet::start(taken).await.unwrap_err();
    assert!(
        matches!(error, DevnetError::Port { port: it, .. } if it == port),
        "{error}"
    );
}

#[tokio::test]
async fn a_missing_binary_is_told_with_its_words() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json");
    let missing = DevnetOptions {
        anvil: folder.path().join("anvil"),
        ..kept(&state)
    };
    let error = Devnet::start(missing).await.unwrap_err();
    assert!(matches!(error, DevnetError::Ended { .. }), "{error}");
    assert!(error.to_string().contains("not found"), "{error}");
}

#[tokio::test]
async fn a_node_that_is_killed_ends_its_leash() {
    let devnet = Devnet::start(options()).await.unwrap();
    let wrapper = devnet.pid().unwrap();
    let children = std::fs::read_to_string(format!("/proc/{wrapper}/task/{wrapper}/children"));
    let node = children.unwrap().split_whitespace().find_map(|child| {
        let name = std::fs::read_to_string(format!("/proc/{child}/comm")).ok()?;
        (name.trim() == "anvil").then(|| child.to_owned())
    });
    let killed = Command::new("kill")
        .args(["-KILL", &node.unwrap()])
        .status()
        .await
        .unwrap();
    assert!(killed.success());
    devnet.stop().await.unwrap();
}
