//! Keys are brought along: one by one, and all that the predecessor kept.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use vaultpilot_e2e::house::text;

use crate::world::{BOB, ETHER, World, codes, payment};

/// The golden vector of the predecessor's stores.
const STORE: &str = r#"{"alice":{"address":"0xf4998d8143bb394de261c0cf372B58aFf8E9Cf8D","chain_id":31337,"last_nonce":null,"encrypted_privkey_hex":"674141414141427241705f4c594c475173665075543350637739334e666e4f6c3452334e493841554b4a6244756b7a4e785a3634563852543476535a7472304e554474304d554c4674365439625f734c4b443068486147547542687a6f535553566a555861396b5157625a43346e337970504e353147556a3169706b516f5f5a715f34504943676533364238"}}"#;
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const ADDRESS: &str = "0xf4998d8143bb394de261c0cf372B58aFf8E9Cf8D";
const STRATEGIES: &str = r#"{"strategies":{"weekly":{"label":"weekly","agent_id":"alice","to_address":"0x70997970C51812dc3A010C7d01b50e0d17dc79C8","amount_eth":0.02,"interval_seconds":604800,"enabled":true,"max_base_fee_gwei":40.0,"daily_cap_eth":0.05,"next_run_at":"2099-11-29T07:45:22.335624","last_run_at":null,"last_tx_hash":null,"spent_day":null,"spent_today_eth":0.0}}}"#;
/// The first development account of anvil, and its mnemonic.
const ACCOUNT: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const MNEMONIC: &str = "test test test test test test test test test test test junk";

fn file(world: &World, name: &str, content: &str) -> PathBuf {
    let path = world.house.data_path().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}

async fn failed(world: &World, args: &[&str]) -> Value {
    let args = [args, &["--json"]].concat();
    let output = world.house.cli(&args).await;
    assert!(
        !output.status.success(),
        "{args:?}: {}",
        text(&output.stdout)
    );
    let said = text(&output.stderr);
    let at = said
        .find("{\n  \"error\"")
        .unwrap_or_else(|| panic!("{said}"));
    serde_json::from_str::<Value>(&said[at..]).unwrap()["error"].take()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_imported_key_pays_once_its_first_policy_is_lifted() {
    let world = World::new().await;
    let words = file(&world, "words.txt", MNEMONIC);
    let args = [
        "wallet",
        "import",
        "--label",
        "mine",
        "--mnemonic-file",
        shown(&words),
    ];
    let other = [&args[..], &["--address", BOB]].concat();
    assert_eq!(failed(&world, &other).await["code"], "address_mismatch");
    let imported = world.house.json(&args).await;
    assert_eq!(imported["status"], "imported", "{imported}");
    assert_eq!(imported["wallet"]["address"], ACCOUNT);

    let denied = world.agent.call("transfer", payment("mine", "0.01")).await;
    assert!(denied.is_error);
    assert!(
        codes(&denied.content).contains(&"tool_not_allowed"),
        "{}",
        denied.content
    );
    let nonce = world.chain.nonce(ACCOUNT).await;

    world.house.json(&["policy", "delete", "import-mine"]).await;
    let bob = world.chain.balance(BOB).await;
    let paid = world.agent.ok("transfer", payment("mine", "0.01")).await;
    let settled = world
        .agent
        .settled(paid["transaction_id"].as_str().unwrap())
        .await;
    assert_eq!(settled["state"], "final", "{settled}");
    assert_eq!(world.chain.balance(BOB).await - bob, ETHER / 100);
    assert_eq!(world.chain.nonce(ACCOUNT).await, nonce + 1);

    // The same key again changes nothing; another key under its label is refused.
    let again = world.house.json(&args).await;
    assert_eq!(again["status"], "unchanged", "{again}");
    let second = [&args[..], &["--path", "m/44'/60'/0'/0/1"]].concat();
    assert_eq!(failed(&world, &second).await["code"], "label_taken");
    let renamed = [
        "wallet",
        "import",
        "--label",
        "twin",
        "--mnemonic-file",
        shown(&words),
    ];
    assert_eq!(failed(&world, &renamed).await["code"], "address_taken");
    let shown = world.house.json(&["wallet", "show", "mine"]).await;
    assert_eq!(shown["address"], ACCOUNT);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_key_changes_nothing_and_is_not_repeated() {
    let world = World::new().await;
    let secret = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff8";
    let short = file(&world, "short.txt", secret);
    let table = [
        ("--private-key-file", "key_not_hex"),
        ("--mnemonic-file", "mnemonic_word_count"),
    ];
    for (flag, code) in table {
        let args = ["wallet", "import", "--label", "mine", flag, shown(&short)];
        let error = failed(&world, &args).await;
        assert_eq!(error["code"], code);
        assert!(!error.to_string().contains(&secret[..8]), "{error}");
    }
    let args = [
        "wallet",
        "import",
        "--label",
        "mine",
        "--keystore",
        shown(&short),
    ];
    let args = [&args[..], &["--password-file", shown(&short)]].concat();
    assert_eq!(failed(&world, &args).await["code"], "not_a_keystore");
    let wallets = world.house.json(&["wallet", "list"]).await;
    assert_eq!(wallets["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_predecessors_golden_vector_comes_along() {
    let world = World::new().await;
    let store = file(&world, "agentvault_store.json", STORE);
    file(&world, "agentvault_store.key", KEY);
    let strategies = file(&world, "agentvault_strategies.json", STRATEGIES);
    let before = std::fs::metadata(&store).unwrap().modified().unwrap();
    let args = ["import-legacy", "--wallet-store", shown(&store)];
    let args = [&args[..], &["--strategy-store", shown(&strategies)]].concat();

    // First it is only told.
    let dry = world
        .house
        .json(&[&args[..], &["--dry-run"]].concat())
        .await;
    assert_eq!(dry["wallets"][0]["status"], "new", "{dry}");
    assert_eq!(dry["wallets"][0]["address"], ADDRESS);
    assert_eq!(dry["strategies"][0]["transfer"]["amount"], "0.02");
    let wallets = world.house.json(&["wallet", "list"]).await;
    assert_eq!(wallets["items"], json!([]));
    assert_eq!(failed(&world, &args).await["code"], "backup_needed");

    let phrase = file(&world, "phrase.txt", "correct horse battery staple");
    let backup = world.house.data_path().join("before.vpbackup.age");
    let real = [
        "--backup-passphrase-file",
        shown(&phrase),
        "--backup-to",
        shown(&backup),
    ];
    let real = [&args[..], &real].concat();
    let done = world.house.json(&real).await;
    assert_eq!(done["summary"]["imported"], 2, "{done}");
    assert!(backup.is_file());
    let wallet = world.house.json(&["wallet", "show", "alice"]).await;
    assert_eq!(wallet["address"], ADDRESS);
    let strategy = world.house.json(&["strategy", "show", "weekly"]).await;
    assert_eq!(strategy["state"], "suspended", "{strategy}");
    assert_eq!(
        (&strategy["amount"], &strategy["max_per_day"]),
        (&json!("0.02"), &json!("0.05"))
    );
    let denied = world.agent.call("transfer", payment("alice", "0.01")).await;
    assert!(denied.is_error);

    // Again: nothing changes, and it says so.
    let again = world
        .house
        .json(&[&args[..], &["--no-backup"]].concat())
        .await;
    assert_eq!(
        again["summary"],
        json!({ "new": 0, "imported": 0, "unchanged": 2, "failed": 0 })
    );
    // The old file is as it was.
    assert_eq!(std::fs::read_to_string(&store).unwrap(), STORE);
    assert_eq!(
        std::fs::metadata(&store).unwrap().modified().unwrap(),
        before
    );
    let tail = text(&world.house.cli(&["audit", "tail"]).await.stdout);
    assert!(tail.contains("wallet.imported"), "{tail}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_bad_record_stops_all_of_them() {
    let world = World::new().await;
    let bad = STORE.replacen('{', "{\"bob\":{\"address\":7},", 1);
    let store = file(&world, "store.json", &bad);
    let key = file(&world, "fernet.txt", KEY);
    let args = [
        "import-legacy",
        "--no-backup",
        "--wallet-store",
        shown(&store),
    ];
    let right = [&args[..], &["--fernet-key-file", shown(&key)]].concat();
    let error = failed(&world, &right).await;
    assert_eq!(error["code"], "records_not_importable");
    let wrong = file(
        &world,
        "wrong.txt",
        "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=",
    );
    let wrong = [&args[..], &["--fernet-key-file", shown(&wrong), "--json"]].concat();
    let output = world.house.cli(&wrong).await;
    let report: Value = serde_json::from_str(&text(&output.stdout)).unwrap();
    assert_eq!(report["wallets"][0]["record"], "bob");
    assert_eq!(report["wallets"][0]["code"], "record_field");
    assert_eq!(report["wallets"][1]["code"], "fernet_key_wrong");
    assert_eq!(failed(&world, &args).await["code"], "no_fernet_key");
    let wallets = world.house.json(&["wallet", "list"]).await;
    assert_eq!(wallets["items"], json!([]));
}

/// What the real predecessor wrote, where that is at hand.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stores_that_the_predecessor_wrote_come_along() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/legacy");
    if !folder.is_dir() {
        println!("skipped: there are no stores of the predecessor");
        return;
    }
    let world = World::new().await;
    let at = |name: &str| folder.join(name).display().to_string();
    let before = std::fs::read(at("vaultpilot.db")).unwrap();
    let (key, stores) = (at("fernet.key"), at("agentvault_store.json"));
    let (strategies, database) = (at("agentvault_strategies.json"), at("vaultpilot.db"));
    let common = ["import-legacy", "--no-backup", "--fernet-key-file", &key];
    let database = ["--database", &database, "--dry-run"];
    let output = world
        .house
        .cli(&[&common[..], &database, &["--json"]].concat())
        .await;
    let report: Value = serde_json::from_str(&text(&output.stdout)).unwrap();
    let told = &report["summary"];
    assert_eq!(
        (&told["failed"], &told["unchanged"]),
        (&json!(0), &json!(0)),
        "{report}"
    );
    assert!(told["new"].as_u64().is_some_and(|new| new >= 3), "{report}");
    let files = ["--wallet-store", &stores, "--strategy-store", &strategies];
    let done = world.house.json(&[&common[..], &files].concat()).await;
    assert_eq!(done["summary"]["imported"], 6, "{done}");
    for (label, address) in [("treasury-bot", ACCOUNT), ("dca-bot", BOB)] {
        let wallet = world.house.json(&["wallet", "show", label]).await;
        assert_eq!(wallet["address"], address);
    }
    assert_eq!(std::fs::read(at("vaultpilot.db")).unwrap(), before);
}
