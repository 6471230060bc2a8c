//! What was wrapped by earlier versions is signed with by this one. These texts never change.
//! The root is in the open because it guards nothing but this test.

use vaultpilot_core::B256;
use vaultpilot_keys::{Cost, Lock, RootKey};
use vaultpilot_ports::keys::{KeyContext, Signer as _, WrappedKey};

use crate::place::signed_by;

const ROOT: &str = include_str!("golden/root.json");
const LOCKED_ROOT: &str = include_str!("golden/root-locked.json");
const ENVELOPE: &str = include_str!("golden/envelope.json");
const ADDRESS: &str = "0xD32678A3792A7202a4271b6cb82ab86a92Fe7325";

fn open(text: &str, lock: Lock<'_>) -> RootKey {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("kek.json");
    std::fs::write(&path, text).expect("written");
    let private = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(&path, private).expect("private");
    RootKey::open(&path, lock).expect("an old key file opens")
}

#[tokio::test]
async fn old_files_and_envelopes_open() {
    let phrase = secrecy::SecretString::from("correct horse battery");
    let lock = Lock::Passphrase {
        phrase: &phrase,
        cost: Cost::default(),
    };
    let context = KeyContext {
        tenant: "tnt_01HZX3J9QK8B3V6T2N4M5P7R9S".parse().unwrap(),
        wallet: "wal_01HZX3J9QK8B3V6T2N4M5P7R9T".parse().unwrap(),
        version: 1,
    };
    let key = WrappedKey {
        provider: "local".to_owned(),
        version: 1,
        generation: 1,
        kek: None,
        envelope: ENVELOPE.trim_end().as_bytes().to_vec(),
    };
    let address = ADDRESS.parse().unwrap();
    let hash = B256::repeat_byte(0x42);
    for root in [open(ROOT, Lock::File), open(LOCKED_ROOT, lock)] {
        let signature = root
            .signer()
            .sign(context, &key, None, address, hash)
            .await
            .unwrap();
        assert!(signed_by(address, hash, &signature));
    }
}
