//! The command line against a running house, and without one.

use serde_json::{Value, json};
use vaultpilot_e2e::house::text;

use crate::world::{World, payment};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_can_be_seen_from_another_terminal() {
    let world = World::new().await;
    world.funded("treasury").await;
    let paid = world
        .agent
        .ok("transfer", payment("treasury", "0.01"))
        .await;
    let id = paid["transaction_id"].as_str().unwrap();
    world.agent.settled(id).await;

    let status = world.house.json(&["status"]).await;
    assert_eq!(status["wallets"], 1, "{status}");
    let steps = status["checklist"].as_array().unwrap();
    assert!(steps.iter().all(|step| step["done"] == true), "{status}");
    let env = text(&world.house.cli(&["status", "-o", "env"]).await.stdout);
    assert!(env.contains(world.house.mcp_url()), "{env}");

    let wallets = world.house.json(&["wallet", "list"]).await;
    assert_eq!(wallets["items"][0]["label"], "treasury");
    let shown = world.house.json(&["transaction", "show", id]).await;
    assert_eq!(shown["state"], "final");
    let policies = world.house.json(&["policy", "list"]).await;
    assert_eq!(policies["items"][0]["name"], "devnet-guard");
    let table = text(&world.house.cli(&["wallet", "list"]).await.stdout);
    assert!(
        table.contains("treasury") && !table.contains('\u{1b}'),
        "{table}"
    );

    let tail = text(&world.house.cli(&["audit", "tail"]).await.stdout);
    assert!(tail.contains("intent.decided"), "{tail}");
    let verified = world.house.cli(&["audit", "verify"]).await;
    assert!(verified.status.success(), "{}", text(&verified.stderr));

    let doctor = world.house.json(&["doctor"]).await;
    assert!(!doctor.to_string().contains("\"Failed\""), "{doctor}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_export_is_found_offline() {
    let world = World::new().await;
    world.agent.ok("list_wallets", json!({})).await;
    let export = world.house.cli(&["audit", "export"]).await;
    let file = world.house.data_path().join("export.jsonl");
    std::fs::write(&file, &export.stdout).unwrap();
    let path = file.to_str().unwrap().to_owned();
    let good = world.house.cli(&["audit", "verify", "--file", &path]).await;
    assert!(good.status.success(), "{}", text(&good.stderr));

    let lines: Vec<Value> = text(&export.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(lines.len() >= 3, "{lines:?}");
    let mut altered = lines.clone();
    altered[1]["outcome"] = json!("denied");
    let mut removed = lines;
    removed.remove(1);
    for bad in [altered, removed] {
        let body: Vec<String> = bad.iter().map(ToString::to_string).collect();
        std::fs::write(&file, body.join("\n")).unwrap();
        let verified = world.house.cli(&["audit", "verify", "--file", &path]).await;
        assert!(!verified.status.success());
        let said = text(&verified.stderr) + &text(&verified.stdout);
        assert!(said.contains("entry 2"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_is_tested_before_it_is_applied() {
    let world = World::new().await;
    world.funded("treasury").await;
    let exported = world.house.json(&["policy", "get", "devnet-guard"]).await;
    let mut draft = exported["document"].clone();
    draft["spec"]["assets"][0]["perTx"] = json!("0.001");
    let file = world.house.data_path().join("draft.yaml");
    std::fs::write(&file, draft.to_string()).unwrap();
    let path = file.to_str().unwrap();
    let question = [
        "--wallet",
        "treasury",
        "--chain",
        "eip155:31337",
        "--asset",
        "native",
    ];
    let question = [
        &question[..],
        &["--to", crate::world::BOB, "--amount", "0.01"],
    ]
    .concat();
    let today = [&["policy", "test"][..], &question].concat();
    let decision = world.house.json(&today).await;
    assert_eq!(decision["decision"]["outcome"], "allow", "{decision}");
    let drafted = [&["policy", "test", "-f", path][..], &question].concat();
    let decision = world.house.cli(&[&drafted[..], &["--json"]].concat()).await;
    assert!(
        text(&decision.stdout).contains("per_tx_limit"),
        "{}",
        text(&decision.stdout)
    );
    // Nothing was applied.
    world
        .agent
        .ok("transfer", payment("treasury", "0.01"))
        .await;

    // A policy that does not parse changes nothing, and says where.
    std::fs::write(&file, "kind: Policy\nspec: { tools: 7 }").unwrap();
    let refused = world.house.cli(&["policy", "apply", "-f", path]).await;
    assert!(!refused.status.success());
    assert!(!text(&refused.stderr).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_shows_the_whole_idea() {
    let world = World::new().await;
    let output = world.house.cli(&["demo", "--yes"]).await;
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success(), "{said}\n{}", world.house.output());
    for word in [
        "wallet",
        "faucet",
        "policy",
        "denied",
        "approv",
        "same request_id",
    ] {
        assert!(said.to_lowercase().contains(word), "no {word} in:\n{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bridge_carries_a_stdio_client() {
    use std::process::Stdio;
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

    let world = World::new().await;
    let mut child = tokio::process::Command::new(vaultpilot_e2e::parts::vaultpilot())
        .args(["mcp", "bridge", "--url", world.house.mcp_url()])
        .arg("--data-dir")
        .arg(world.house.data_path())
        .env("VAULTPILOT_KEY", world.house.agent_key())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let initialize = json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": { "protocolVersion": "2025-11-25", "capabilities": {},
                    "clientInfo": { "name": "stdio", "version": "1" } },
    });
    stdin
        .write_all(format!("{initialize}\n").as_bytes())
        .await
        .unwrap();
    let answer: Value = serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
    assert_eq!(answer["id"], 1, "{answer}");
    assert!(answer["result"]["serverInfo"].is_object(), "{answer}");
    let list = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" });
    stdin
        .write_all(format!("{list}\n").as_bytes())
        .await
        .unwrap();
    let answer: Value = serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
    assert!(
        answer["result"]["tools"].as_array().unwrap().len() > 15,
        "{answer}"
    );
}
