//! A house is copied while it pays, comes back from the copy, and pays nothing twice.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use age::secrecy::ExposeSecret as _;
use age::x25519::Identity;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;
use vaultpilot_e2e::house::text;
use vaultpilot_e2e::{Agent, Chain, House, HouseOptions, parts};

use crate::world::{BOB, ETHER, World, payment};

/// Somebody backups are made for, and where they lie.
struct Vault {
    folder: TempDir,
    identity: Identity,
}

impl Vault {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let identity = Identity::generate();
        let secret = identity.to_string();
        std::fs::write(folder.path().join("identity"), secret.expose_secret()).unwrap();
        Self { folder, identity }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes a backup of a data folder.
    async fn create(&self, data: &Path, name: &str) -> Value {
        let (to, recipient) = (self.path(name), self.identity.to_public().to_string());
        let to = to.to_str().unwrap();
        let made = run(
            data,
            &["backup", "create", "--to", to, "--recipient", &recipient],
        )
        .await;
        answer(&made)
    }

    async fn open(&self, verb: &str, data: &Path, name: &str) -> Output {
        let (file, identity) = (self.path(name), self.path("identity"));
        let (file, identity) = (file.to_str().unwrap(), identity.to_str().unwrap());
        run(data, &["backup", verb, file, "--identity", identity]).await
    }
}

/// Runs the command line on a data folder.
async fn run(data: &Path, args: &[&str]) -> Output {
    command(data, args).output().await.unwrap()
}

fn command(data: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(parts::vaultpilot());
    command
        .args(args)
        .args(["--json", "--data-dir"])
        .arg(data)
        .env("NO_COLOR", "1")
        .env("HOME", data)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

fn answer(output: &Output) -> Value {
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    serde_json::from_str(&out).unwrap_or_else(|_| panic!("no JSON: {out}{err}"))
}

/// The exit code, and the stable word for why.
fn refusal(output: &Output) -> (i32, String) {
    let err = text(&output.stderr);
    let json = err.find("{\n").map(|at| &err[at..]);
    let error: Value = serde_json::from_str(json.unwrap_or(&err))
        .unwrap_or_else(|_| panic!("no error in JSON: {err}"));
    let code = error["error"]["code"].as_str().unwrap().to_owned();
    (output.status.code().unwrap(), code)
}

fn folder() -> Arc<TempDir> {
    use std::os::unix::fs::PermissionsExt as _;
    let private = std::fs::Permissions::from_mode(0o700);
    let folder = tempfile::Builder::new().permissions(private).tempdir();
    Arc::new(folder.unwrap())
}

async fn final_payment(agent: &Agent, wish: Value) -> String {
    let paid = agent.ok("transfer", wish).await;
    let id = paid["transaction_id"].as_str().unwrap().to_owned();
    let settled = agent.settled(&id).await;
    assert_eq!(settled["state"], "final", "{settled}");
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_approved_after_the_backup_is_not_paid_again() {
    let World {
        chain,
        house,
        agent,
    } = World::new().await;
    let address = house_wallet(&chain, &agent).await;
    let bob = chain.balance(BOB).await;
    final_payment(&agent, payment("treasury", "0.01")).await;
    let asked = agent.ok("transfer", payment("treasury", "0.07")).await;
    assert_eq!(asked["status"], "pending_approval", "{}", asked.content);
    let approval = asked["approval"]["id"].as_str().unwrap().to_owned();
    let waiting = asked["transaction_id"].as_str().unwrap().to_owned();

    // Online, by another process, while the house runs.
    let vault = Vault::new();
    let made = vault.create(house.data_path(), "house.vpbackup.age").await;
    assert_eq!(
        (&made["edition"], &made["audited"]),
        (&json!("edge"), &json!(true)),
        "{made}"
    );
    let verified = answer(
        &vault
            .open("verify", house.data_path(), "house.vpbackup.age")
            .await,
    );
    assert_eq!(verified["verified"], true);
    assert_eq!(verified["tenants"], made["tenants"]);
    shows_nothing(house.data_path(), &vault.path("house.vpbackup.age"));

    // Life goes on: two payments that the backup knows nothing of.
    let code = house.code(&approval).await;
    house
        .json(&["approval", "approve", &approval, "--code", &code])
        .await;
    assert_eq!(agent.settled(&waiting).await["state"], "final");
    final_payment(&agent, payment("treasury", "0.02")).await;
    let paid = chain.balance(BOB).await;
    assert_eq!(paid - bob, ETHER / 10);
    assert_eq!(chain.nonce(&address).await, 3);
    let key = house.agent_key();
    drop(house.kill().await);

    // Disaster, and back.
    let data = folder();
    let restored = answer(
        &vault
            .open("restore", data.path(), "house.vpbackup.age")
            .await,
    );
    assert_eq!(restored["wallets"], 1, "{restored}");
    let house = House::start_in(data, &chain, &HouseOptions::default()).await;
    let agent = house.agent(&key).await;
    let wallet = house.json(&["wallet", "show", "treasury"]).await;
    assert_eq!(
        (&wallet["state"], &wallet["address"]),
        (&json!("restored"), &json!(address))
    );
    let denied = agent.call("transfer", payment("treasury", "0.03")).await;
    assert_eq!(
        crate::world::codes(&denied.content),
        ["frozen"],
        "{}",
        denied.content
    );
    let thaw = run(house.data_path(), &["wallet", "thaw", "treasury"]).await;
    assert_eq!(refusal(&thaw), (6, "wallet_restored".to_owned()));

    let seen = house.json(&["backup", "reconcile"]).await;
    let seen = &seen["wallets"][0];
    assert_eq!(seen["unknown_transactions"], 2, "{seen}");
    assert_eq!(seen["chains"][0]["standing"], "ahead");
    assert_eq!(seen["refused"][0]["id"], json!(waiting));
    let done = house.json(&["backup", "reconcile", "--acknowledge"]).await;
    assert_eq!(done["wallets"][0]["acknowledged"], true, "{done}");

    // The approval that was given once cannot be given again.
    let again = run(
        house.data_path(),
        &["approval", "approve", &approval, "--code", &code],
    )
    .await;
    assert!(!again.status.success());
    let told = agent.settled(&waiting).await;
    assert_eq!(
        (&told["state"], &told["reason"]),
        (&json!("refused"), &json!("restored"))
    );
    final_payment(&agent, payment("treasury", "0.03")).await;
    chain.mine(3).await;
    assert_eq!(
        chain.balance(BOB).await - paid,
        3 * ETHER / 100,
        "something was paid twice"
    );
    assert_eq!(chain.nonce(&address).await, 4);
    let wallet = house.json(&["wallet", "show", "treasury"]).await;
    assert_eq!(wallet["state"], "active");
    let verified = house.cli(&["audit", "verify"]).await;
    assert!(verified.status.success(), "{}", text(&verified.stderr));
    let log = house.cli(&["audit", "export"]).await;
    for action in ["house.backed_up", "house.restored", "wallet.reconciled"] {
        assert!(text(&log.stdout).contains(action), "{action}");
    }
}

/// The executor dies between the allow and the signature; the backup is taken of what is left.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_allowed_before_the_backup_is_not_paid_again() {
    let World {
        chain,
        house,
        agent,
    } = World::new().await;
    let address = house_wallet(&chain, &agent).await;
    let bob = chain.balance(BOB).await;
    let key = house.agent_key();
    let options = HouseOptions {
        failpoint: Some("before_sign"),
        ..HouseOptions::default()
    };
    let mut house = House::start_in(house.kill().await, &chain, &options).await;
    let agent = house.agent(&key).await;
    let _ = agent
        .try_call("transfer", payment("treasury", "0.01"))
        .await;
    house.ended().await;
    let data = house.data();
    drop(house);
    // Of a house that does not run.
    let vault = Vault::new();
    let made = vault.create(data.path(), "stopped").await;
    assert_eq!(made["audited"], true, "{made}");

    let house = House::start_in(data, &chain, &HouseOptions::default()).await;
    let agent = house.agent(&key).await;
    let list = agent.ok("list_transactions", json!({ "limit": 1 })).await;
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(agent.settled(&id).await["state"], "final");
    drop(house.kill().await);
    let paid = chain.balance(BOB).await;
    assert_eq!(paid - bob, ETHER / 100);

    let data = folder();
    answer(&vault.open("restore", data.path(), "stopped").await);
    let house = House::start_in(data, &chain, &HouseOptions::default()).await;
    let agent = house.agent(&key).await;
    // Whatever the executor has time for.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let held = agent.ok("get_transaction", json!({ "id": id })).await;
    assert_eq!(held["state"], "authorized", "{}", held.content);
    house.json(&["backup", "reconcile", "--acknowledge"]).await;
    assert_eq!(agent.settled(&id).await["state"], "refused");
    final_payment(&agent, payment("treasury", "0.02")).await;
    assert_eq!(chain.balance(BOB).await - paid, ETHER / 50);
    assert_eq!(chain.nonce(&address).await, 2);
}

/// Wrong keys, broken files, full folders, and a restore that is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_opened_whole_or_not_at_all() {
    let World {
        chain,
        house,
        agent,
    } = World::new().await;
    house_wallet(&chain, &agent).await;
    let vault = Vault::new();
    vault.create(house.data_path(), "good").await;
    let data = house.data_path();

    let taken = vault.path("good");
    refuses_to_make(data, &vault).await;
    let full = vault.open("restore", data, "good").await;
    assert_eq!(refusal(&full), (6, "folder_not_empty".to_owned()));
    let other = Vault::new();
    std::fs::copy(&taken, other.path("good")).unwrap();
    let stranger = other.open("verify", data, "good").await;
    assert_eq!(refusal(&stranger), (4, "backup_not_for_you".to_owned()));
    let whole = std::fs::read(&taken).unwrap();
    let new = folder();
    for place in [300, whole.len() / 2, whole.len() - 1] {
        let mut flipped = whole.clone();
        flipped[place] ^= 1;
        std::fs::write(vault.path("flipped"), flipped).unwrap();
        for verb in ["verify", "restore"] {
            let broken = vault.open(verb, new.path(), "flipped").await;
            assert_eq!(
                refusal(&broken),
                (1, "backup_damaged".to_owned()),
                "{verb} {place}"
            );
        }
    }
    assert_eq!(std::fs::read_dir(new.path()).unwrap().count(), 0);

    // Killed at any time: the folder is a house, or nothing.
    let (mut killed, mut done) = (Vec::new(), 0);
    let identity = vault.path("identity");
    let parent = folder();
    for step in 0..12u64 {
        let to = parent.path().join(format!("house-{step}"));
        let file = taken.to_str().unwrap();
        let args = [
            "backup",
            "restore",
            file,
            "--identity",
            identity.to_str().unwrap(),
        ];
        let mut child = command(&to, &args)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        tokio::time::sleep(Duration::from_millis(step * 25)).await;
        child.kill().await.ok();
        if to.exists() {
            done += 1;
            for part in ["vaultpilot.db", "kek", "pepper", "owner.key"] {
                assert!(to.join(part).exists(), "{part} is missing");
            }
        } else {
            killed.push(format!("house-{step}"));
        }
    }
    let Some(again) = killed.first() else {
        panic!("all {done} restores were faster than the kills");
    };
    // What a killed one left is swept by the next, and is never a house that could sign.
    let last = parent.path().join(again);
    answer(&vault.open("restore", &last, "good").await);
    assert!(last.join("vaultpilot.db").exists());
    for entry in std::fs::read_dir(parent.path()).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        assert!(!name.starts_with(&format!(".{again}.")), "{name} was left");
        let house = std::fs::read(entry.path().join("vaultpilot.db")).unwrap_or_default();
        let marked = house.is_empty() || text(&house).contains("\"restored\"");
        assert!(marked, "{name} could sign");
    }
}

/// No copy is left beside the backup, and no secret is in it in the clear.
fn shows_nothing(data: &Path, backup: &Path) {
    let left: Vec<_> = std::fs::read_dir(data)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(".backup"))
        .collect();
    assert_eq!(left, Vec::<String>::new(), "a copy was left behind");
    let sealed = std::fs::read(backup).unwrap();
    for secret in ["kek", "pepper", "owner.key"] {
        let secret = std::fs::read(data.join(secret)).unwrap();
        let shows = sealed.windows(32).any(|window| secret.starts_with(window));
        assert!(!shows, "a secret is in the clear");
    }
}

/// Nothing is overwritten, and nothing is made that nobody, or anybody, could open.
async fn refuses_to_make(data: &Path, vault: &Vault) {
    let taken = vault.path("good");
    let recipient = vault.identity.to_public().to_string();
    let again = [
        "backup",
        "create",
        "--to",
        taken.to_str().unwrap(),
        "--recipient",
        &recipient,
    ];
    assert_eq!(
        refusal(&run(data, &again).await),
        (6, "backup_exists".to_owned())
    );
    let nobody = run(data, &["backup", "create", "--recipient", "age1nobody"]).await;
    assert_eq!(refusal(&nobody), (2, "backup_recipient".to_owned()));
    let short = vault.path("short");
    std::fs::write(&short, "secret\n").unwrap();
    let weak = [
        "backup",
        "create",
        "--passphrase-file",
        short.to_str().unwrap(),
    ];
    assert_eq!(
        refusal(&run(data, &weak).await),
        (2, "passphrase_too_short".to_owned())
    );
}

/// A wallet with coins in it.
async fn house_wallet(chain: &Chain, agent: &Agent) -> String {
    let created = agent
        .ok("create_wallet", json!({ "label": "treasury" }))
        .await;
    let address = created["address"].as_str().unwrap().to_owned();
    let asked = json!({ "wallet": "treasury", "chain": Chain::ID, "amount": "10" });
    agent.ok("request_faucet_funds", asked).await;
    for _ in 0..100 {
        if chain.balance(&address).await >= 10 * ETHER {
            return address;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the treasury is not funded");
}
