//! What wraps keys is exchanged while they pay, and a key leaves only for whom it is sealed to.

use std::io::Read as _;

use age::x25519::Identity;
use serde_json::{Value, json};
use vaultpilot_e2e::house::text;
use vaultpilot_e2e::{Agent, Chain, House, HouseOptions};

use crate::world::{BOB, World, payment};

fn with(env: Vec<(&'static str, String)>) -> HouseOptions {
    HouseOptions {
        env,
        ..HouseOptions::default()
    }
}

async fn pays(agent: &Agent, amount: &str) {
    let paid = agent.ok("transfer", payment("treasury", amount)).await;
    let id = paid["transaction_id"].as_str().unwrap();
    assert_eq!(agent.settled(id).await["state"], "final");
}

async fn funded(agent: &Agent) -> String {
    let made = agent
        .ok("create_wallet", json!({ "label": "treasury" }))
        .await;
    let asked = json!({ "wallet": "treasury", "chain": Chain::ID, "amount": "10" });
    agent.ok("request_faucet_funds", asked).await;
    made["address"].as_str().unwrap().to_owned()
}

/// The newest key of the tenant: its version, and which root wraps it.
async fn newest(house: &House) -> (u64, String) {
    let status = house.json(&["keys", "status"]).await;
    let keks = status["keks"].as_array().unwrap();
    let last = keks.last().unwrap_or_else(|| panic!("{status}"));
    let root = last["root"].as_str().unwrap().to_owned();
    (last["version"].as_u64().unwrap(), root)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_level_is_rotated_and_the_wallet_pays_on() {
    let World {
        chain,
        house,
        agent,
    } = World::new().await;
    let before = chain.balance(BOB).await;
    let (key, address) = (house.agent_key(), funded(&agent).await);
    pays(&agent, "0.01").await;
    let (version, first) = newest(&house).await;
    house.json(&["keys", "rotate", "--level", "tenant"]).await;
    assert_eq!(newest(&house).await, (version + 1, first.clone()));
    pays(&agent, "0.02").await;

    // Another root: the one before is named until everything is under the new one.
    let data = house.kill().await;
    let (kek, old) = (data.path().join("kek"), data.path().join("kek.old"));
    std::fs::rename(&kek, &old).unwrap();
    let previous = old.to_str().unwrap().to_owned();
    let env = vec![("VAULTPILOT_KEYS_PREVIOUS_KEK_FILES", previous)];
    let house = House::start_in(data, &chain, &with(env)).await;
    house.json(&["keys", "rotate", "--level", "root"]).await;
    let (_, second) = newest(&house).await;
    assert_ne!(second, first);
    let data = house.kill().await;
    std::fs::remove_file(&old).unwrap();
    let house = House::start_in(data, &chain, &HouseOptions::default()).await;
    let agent = house.agent(&key).await;
    pays(&agent, "0.03").await;
    let wallet = house.json(&["wallet", "show", "treasury"]).await;
    assert_eq!(wallet["address"], json!(address));
    assert_eq!(chain.balance(BOB).await - before, 6 * 10u128.pow(16));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_leaves_only_where_that_was_switched_on_and_only_sealed() {
    let World {
        chain,
        house,
        agent,
    } = World::new().await;
    let address = funded(&agent).await;
    let identity = Identity::generate();
    let to = identity.to_public().to_string();
    let export = ["keys", "export", "treasury", "--to", &to, "--yes"];
    let off = house.cli(&[&export[..], &["--json"]].concat()).await;
    assert!(!off.status.success(), "{}", text(&off.stdout));
    assert!(
        text(&off.stderr).contains("export_off"),
        "{}",
        text(&off.stderr)
    );

    let env = vec![("VAULTPILOT_KEYS_EXPORT", "sealed".to_owned())];
    let house = House::start_in(house.kill().await, &chain, &with(env)).await;
    let sealed = house.cli(&export).await;
    assert!(sealed.status.success(), "{}", text(&sealed.stderr));
    let digits = opened(&identity, &sealed.stdout);

    // The same key in another house is the same address, so it was the key.
    let other = House::start(&chain).await;
    let file = other.data_path().join("key");
    std::fs::write(&file, digits).unwrap();
    let file = file.to_str().unwrap();
    let import = [
        "wallet",
        "import",
        "--label",
        "treasury",
        "--private-key-file",
        file,
    ];
    let done: Value = other.json(&import).await;
    assert!(done.to_string().contains(&address), "{done}");
}

fn opened(identity: &Identity, sealed: &[u8]) -> String {
    let armored = age::armor::ArmoredReader::new(sealed);
    let decryptor = age::Decryptor::new(armored).unwrap();
    let mut reader = decryptor
        .decrypt(std::iter::once(identity as &dyn age::Identity))
        .unwrap();
    let mut digits = String::new();
    reader.read_to_string(&mut digits).unwrap();
    digits
}
