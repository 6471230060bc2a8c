//! `no_plaintext_key`, over the whole house: keys that this test knows are looked for in everything
//! that leaves the house or lies on its disk, and in the memory of its process.

mod seek;

use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use vaultpilot_e2e::chain::client;
use vaultpilot_e2e::{Agent, Chain, House, HouseOptions};

use crate::world::{ETHER, payment};
use seek::Seek;

const LABEL: &str = "canary";

/// Nobody's key but this test's.
const KEY: &str = "6f1d0a8c5be94723d1c7f4026e9ab385174cde50f8239b6ac4e1075d92b3f86a";

/// What only the house may read.
const ITS_OWN: [&str; 2] = ["kek", "pepper"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_plaintext_key() {
    let chain = Chain::start().await;
    let data = Arc::new(private_folder());
    let options = HouseOptions {
        args: vec!["--log-level".to_owned(), "trace".to_owned()],
        ..HouseOptions::default()
    };
    let house = House::start_in(data, &chain, &options).await;
    let mut shown = imported(&house).await;
    let agent = house.agent(&house.agent_key()).await;
    shown.extend(paid(&house, &agent, &chain).await);
    shown.extend(told(&house).await);

    let imported = bytes(KEY);
    let root = root(&house);
    let pepper = bytes(&read(&house, "pepper"));
    let seek = Seek::keys(&[imported, root, pepper]);
    // Only the files that hold them have them.
    for name in ITS_OWN {
        assert!(seek.count_in(read(&house, name).as_bytes()) > 0, "{name}");
    }
    let mut files = 0;
    for path in files_in(house.data_path()) {
        let name = path.strip_prefix(house.data_path()).unwrap();
        if !ITS_OWN.iter().any(|own| name == Path::new(own)) {
            shown.push((name.display().to_string(), std::fs::read(&path).unwrap()));
            files += 1;
        }
    }
    assert!(files >= 2, "database and log of it are there");
    shown.push(("log".to_owned(), house.output().into_bytes()));
    for (name, bytes) in &shown {
        assert_eq!(seek.count_in(bytes), 0, "{name}");
    }
    let log = house.output();
    assert!(log.contains("TRACE"), "the log says all it can");
    assert!(log.contains("keys lie in guarded memory"), "{log}");
    search(house.pid(), &Seek::keys(&[imported, root]));
}

fn private_folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let private = std::fs::Permissions::from_mode(0o700);
    let mut folder = tempfile::Builder::new();
    folder.permissions(private).tempdir().unwrap()
}

type Seen = Vec<(String, Vec<u8>)>;

/// Brings the key along, in all the ways that end in a refusal too.
async fn imported(house: &House) -> Seen {
    let folder = private_folder();
    let file = folder.path().join("key");
    private_file(&file, KEY);
    let file = file.to_str().unwrap();
    let import = [
        "wallet",
        "import",
        "--label",
        LABEL,
        "--policy",
        "keep",
        "--private-key-file",
        file,
    ];
    let mut seen = Seen::new();
    let other = ["--address", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"];
    let refused = house.cli(&[&import[..], &other].concat()).await;
    assert!(!refused.status.success());
    seen.push(("refused import".to_owned(), refused.stdout));
    seen.push(("refused import".to_owned(), refused.stderr));
    for flags in [&[][..], &["--json"]] {
        let done = house.cli(&[&import[..], flags].concat()).await;
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{said}");
        seen.push(("import".to_owned(), done.stdout));
        seen.push(("import".to_owned(), done.stderr));
    }
    seen
}

/// Signs with it.
async fn paid(house: &House, agent: &Agent, chain: &Chain) -> Seen {
    let mut seen = Seen::new();
    let wallet = agent.ok("get_wallet", json!({ "wallet": LABEL })).await;
    let address = wallet["address"].as_str().unwrap().to_owned();
    seen.push(("get_wallet".to_owned(), wallet.content.to_string().into()));
    let wish = json!({ "wallet": LABEL, "chain": Chain::ID, "amount": "10" });
    agent.ok("request_faucet_funds", wish).await;
    for _ in 0..100 {
        if chain.balance(&address).await >= 10 * ETHER {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    for amount in ["0.01", "0.02"] {
        let answer = agent.ok("transfer", payment(LABEL, amount)).await;
        let id = answer["transaction_id"].as_str().unwrap();
        let settled = agent.settled(id).await;
        seen.push(("transfer".to_owned(), answer.content.to_string().into()));
        seen.push(("transaction".to_owned(), settled.to_string().into()));
    }
    let denied = agent.call("transfer", payment(LABEL, "5")).await;
    assert!(denied.is_error);
    seen.push(("denial".to_owned(), denied.content.to_string().into()));
    assert_eq!(
        chain.nonce(&address).await,
        2,
        "it signed: {}",
        house.output()
    );
    seen
}

/// Asks for everything a person can ask for.
async fn told(house: &House) -> Seen {
    let mut seen = Seen::new();
    for words in [
        &["audit", "export"][..],
        &["audit", "verify"],
        &["wallet", "list", "--json"],
        &["wallet", "show", LABEL, "--json"],
        &["status", "--json"],
        &["doctor"],
    ] {
        let said = house.cli(words).await;
        seen.push((words.join(" "), [said.stdout, said.stderr].concat()));
    }
    let (_, export) = &seen[0];
    assert!(export.len() > 1000, "{}", String::from_utf8_lossy(export));
    let metrics = client().get(house.metrics_url()).send().await.unwrap();
    let metrics = metrics.bytes().await.unwrap();
    seen.push(("metrics".to_owned(), metrics.to_vec()));
    seen
}

/// The root of the house, as its file has it.
fn root(house: &House) -> [u8; 32] {
    let file: serde_json::Value = serde_json::from_str(&read(house, "kek")).unwrap();
    bytes(file["key"].as_str().unwrap())
}

fn read(house: &House, name: &str) -> String {
    std::fs::read_to_string(house.data_path().join(name)).unwrap()
}

fn bytes(digits: &str) -> [u8; 32] {
    hex::decode(digits.trim()).unwrap().try_into().unwrap()
}

fn private_file(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_in(&path));
        } else if path.is_file() {
            files.push(path);
        }
    }
    files
}

/// All that the process can read or write, while it serves. Whoever is not root is not let in at all.
fn search(pid: u32, seek: &Seek) {
    let maps = match std::fs::read_to_string(format!("/proc/{pid}/maps")) {
        Ok(maps) => maps,
        Err(refused) => return assert_eq!(refused.kind(), ErrorKind::PermissionDenied),
    };
    let mut memory = std::fs::File::open(format!("/proc/{pid}/mem")).unwrap();
    let mut looked_at = 0;
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let range = line.split_whitespace().next().unwrap();
        let (from, to) = range.split_once('-').unwrap();
        let parse = |text| u64::from_str_radix(text, 16).unwrap();
        let (from, to) = (parse(from), parse(to));
        memory.seek(SeekFrom::Start(from)).unwrap();
        let mut part = vec![0; usize::try_from(to - from).unwrap()];
        match memory.read_exact(&mut part) {
            Ok(()) => {
                looked_at += part.len();
                assert_eq!(seek.count_in(&part), 0, "{line}");
            }
            Err(_) => assert!(line.contains("secretmem"), "{line}"),
        }
    }
    assert!(looked_at > 1 << 20);
}
