//! The official Python and TypeScript SDKs play the same script; the numbers are judged here.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use vaultpilot_e2e::contract::Token;
use vaultpilot_e2e::{Chain, House, parts};

use crate::world::{BOB, ETHER};

fn policy(token: &str) -> String {
    format!(
        r#"
apiVersion: vaultpilot.io/v1alpha1
kind: Policy
metadata: {{ name: devnet-guard }}
spec:
  selector: {{ wallets: ["*"], agents: ["*"] }}
  chains: ["eip155:31337"]
  tools: {{ allow: ["*"] }}
  assets:
    - {{ chain: "eip155:31337", token: native, perTx: "0.05", approvalAbove: "0.02",
         rolling: [ {{window: 24h, max: "1"}} ] }}
    - {{ chain: "eip155:31337", token: "{token}", perTx: "100",
         rolling: [ {{window: 24h, max: "1000"}} ] }}
  recipients: {{ newRecipient: allow }}
"#
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_sdk_plays_the_whole_script() {
    let mut command = Command::new(parts::python());
    command.arg(parts::here().join("clients/python/scenario.py"));
    play(command, "python").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_typescript_sdk_plays_the_whole_script() {
    let mut command = Command::new("node");
    command
        .arg(parts::here().join("clients/typescript/scenario.mjs"))
        .env("VAULTPILOT_NODE_MODULES", parts::node_modules());
    play(command, "typescript").await;
}

async fn play(mut command: Command, label: &str) {
    let chain = Chain::start().await;
    let token = Token::deploy(&chain).await;
    let house = House::start(&chain).await;
    house.apply(&policy(&token.address)).await;
    let approvals = tempfile::tempdir().unwrap();
    let file = approvals.path().join("approval.json");
    let (bob, bob_tokens) = (chain.balance(BOB).await, token.balance(&chain, BOB).await);

    let mut child = command
        .args([
            "--url",
            house.mcp_url(),
            "--key",
            &house.agent_key(),
            "--wallet-label",
            label,
        ])
        .args([
            "--recipient",
            BOB,
            "--token-address",
            &token.address,
            "--approval-file",
        ])
        .arg(&file)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let steps = read(&mut child, &chain, &token, &house, &file).await;
    let status = child.wait_with_output().await.unwrap();
    let said = vaultpilot_e2e::house::text(&status.stderr);
    assert!(status.status.success(), "{said}\n{}", house.output());

    let step = |name: &str| -> &Value {
        let found = steps.iter().find(|step| step["step"] == name);
        &found.unwrap_or_else(|| panic!("no step {name}"))["result"]
    };
    assert_eq!(
        step("create_wallet")["address"],
        step("create_wallet_again")["address"]
    );
    assert_eq!(step("check_policy")["decision"]["outcome"], "allow");
    assert_eq!(step("simulate_transfer")["status"], "simulated");
    for settled in [
        "transfer_settled",
        "transfer_token_settled",
        "transfer_approved_settled",
    ] {
        let state = step(settled)["state"].as_str().unwrap();
        assert!(
            state == "final" || state == "confirmed",
            "{settled}: {}",
            step(settled)
        );
    }
    assert_eq!(
        step("transfer_retried")["transaction_id"],
        step("transfer")["transaction_id"]
    );
    let denied = step("transfer_over_limit");
    assert_eq!(denied["status"], "denied");
    assert_eq!(denied["decision"]["reasons"][0]["code"], "per_tx_limit");
    assert_eq!(step("transfer_for_approval")["status"], "pending_approval");
    assert_eq!(step("approval_decided")["state"], "approved");
    let used = |name: &str| crate::world::budget(step(name), "rolling").0;
    assert_eq!(used("get_budget_before"), "0");
    assert_eq!(used("get_budget_after"), "0.031");

    // The chain has the last word: 0.001 and 0.03 coins, 1.5 tokens, nothing else.
    assert_eq!(chain.balance(BOB).await - bob, 31 * ETHER / 1000);
    assert_eq!(token.balance(&chain, BOB).await - bob_tokens, 1_500_000);
    let address = step("create_wallet")["address"].as_str().unwrap();
    assert_eq!(chain.nonce(address).await, 3);
}

/// Reads the steps as they come and is the world around them: sends tokens, approves.
async fn read(
    child: &mut Child,
    chain: &Chain,
    token: &Token,
    house: &House,
    file: &Path,
) -> Vec<Value> {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut steps = Vec::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        let step: Value = serde_json::from_str(&line).unwrap();
        match step["step"].as_str().unwrap() {
            "create_wallet" => {
                let address = step["result"]["address"].as_str().unwrap();
                token.give(chain, address, 10_000_000).await;
            }
            "transfer_for_approval" => approve(house, file).await,
            _ => {}
        }
        steps.push(step);
    }
    steps
}

async fn approve(house: &House, file: &Path) {
    for _ in 0..200 {
        if let Ok(text) = std::fs::read_to_string(file) {
            let asked: Value = serde_json::from_str(&text).unwrap();
            let approval = asked["approval_id"].as_str().unwrap();
            let code = house.code(approval).await;
            house
                .json(&["approval", "approve", approval, "--code", &code])
                .await;
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the script asked for no approval");
}
