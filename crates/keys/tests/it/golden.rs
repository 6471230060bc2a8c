//! What was wrapped by earlier versions is signed with by this one. These texts never change.
//! The root is in the open because it guards nothing but this test.

use std::sync::Arc;

use vaultpilot_core::{Address, B256};
use vaultpilot_keys::{
    Cost, Holding, KekMac, Keyring, KeyringParts, LocalRootUnwrapper, LocalRootWrapper, Lock,
    RootKey, Roots, Wrapper, WrapperParts,
};
use vaultpilot_ports::keys::{
    Custodian as _, KeyContext, KeyWrapper as _, Signer as _, TenantKek, WrappedKey,
};
use vaultpilot_testkit::{MockClock, SeededEntropy};

use crate::place::{PEPPER, signed_by};

const ROOT: &str = include_str!("golden/root.json");
const LOCKED_ROOT: &str = include_str!("golden/root-locked.json");
const ENVELOPE: &str = include_str!("golden/envelope.json");
const PUBLIC_ROOT: &str = include_str!("golden/root-public.json");
const KEK: &str = include_str!("golden/kek.json");
const SECOND_ENVELOPE: &str = include_str!("golden/envelope-2.json");
const MOVED_ENVELOPE: &str = include_str!("golden/envelope-2-moved.json");
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

fn context() -> KeyContext {
    KeyContext {
        tenant: "tnt_01HZX3J9QK8B3V6T2N4M5P7R9S".parse().expect("an id"),
        wallet: "wal_01HZX3J9QK8B3V6T2N4M5P7R9T".parse().expect("an id"),
        version: 1,
    }
}

fn row(kek: Option<u32>, envelope: &str) -> WrappedKey {
    WrappedKey {
        provider: "local".to_owned(),
        version: 1,
        generation: 1,
        kek,
        envelope: envelope.trim_end().as_bytes().to_vec(),
    }
}

fn keyring(root: RootKey) -> Keyring {
    let entropy = Arc::new(SeededEntropy::new(1));
    let root = Arc::new(LocalRootUnwrapper::new(root, Vec::new(), entropy.clone()));
    Keyring::new(KeyringParts {
        roots: Roots::local(root.clone()),
        first: Some(root),
        external: None,
        mac: KekMac::new(&PEPPER),
        entropy,
        clock: Arc::new(MockClock::new()),
        holding: Holding::default(),
    })
}

#[tokio::test]
async fn old_files_and_envelopes_open() {
    let phrase = secrecy::SecretString::from("correct horse battery");
    let lock = Lock::Passphrase {
        phrase: &phrase,
        cost: Cost::default(),
    };
    let (context, key) = (context(), row(None, ENVELOPE));
    let address = ADDRESS.parse().unwrap();
    let hash = B256::repeat_byte(0x42);
    for root in [open(ROOT, Lock::File), open(LOCKED_ROOT, lock)] {
        let signature = keyring(root)
            .sign(context, &key, None, address, hash)
            .await
            .unwrap();
        assert!(signed_by(address, hash, &signature));
    }
}

/// Both halves of version 2: what is sealed to the public ones of old is opened by the private ones.
#[tokio::test]
async fn second_envelopes_open() {
    let keyring = keyring(open(ROOT, Lock::File));
    let kek: TenantKek = serde_json::from_str(KEK).unwrap();
    let address: Address = ADDRESS.parse().unwrap();
    let hash = B256::repeat_byte(0x42);
    // One that was made as version 2, and one that was made as version 1 and moved.
    for envelope in [SECOND_ENVELOPE, MOVED_ENVELOPE] {
        let key = row(Some(1), envelope);
        let signature = keyring
            .sign(context(), &key, Some(&kek), address, hash)
            .await;
        assert!(signed_by(address, hash, &signature.unwrap()));
    }

    // The MAC of old admits it, and what is sealed to it now opens too.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("public");
    std::fs::write(&path, PUBLIC_ROOT).unwrap();
    let entropy = Arc::new(SeededEntropy::new(9));
    let root = LocalRootWrapper::mounted(&path, entropy.clone());
    let wrapper = Wrapper::new(WrapperParts {
        roots: Roots::local(Arc::new(root.unwrap())),
        external: None,
        mac: KekMac::new(&PEPPER),
        entropy,
        clock: Arc::new(MockClock::new()),
    });
    let (address, key) = wrapper.generate(context(), &kek).await.unwrap();
    let signature = keyring
        .sign(context(), &key, Some(&kek), address, hash)
        .await;
    assert!(signed_by(address, hash, &signature.unwrap()));
    let next = vaultpilot_ports::keys::KekContext {
        tenant: context().tenant,
        version: 2,
    };
    let next = wrapper.kek(&kek.management, next).await.unwrap();
    let moved = keyring
        .rewrap(context(), &key, Some(&kek), &next)
        .await
        .unwrap();
    let signature = keyring
        .sign(context(), &moved, Some(&next), address, hash)
        .await;
    assert!(signed_by(address, hash, &signature.unwrap()));
}

/// The moved one is what moving the old one gives.
#[tokio::test]
async fn first_envelopes_move() {
    let keyring = keyring(open(ROOT, Lock::File));
    let kek: TenantKek = serde_json::from_str(KEK).unwrap();
    let moved = keyring
        .rewrap(context(), &row(None, ENVELOPE), None, &kek)
        .await;
    let moved = moved.unwrap();
    assert_eq!((moved.kek, moved.generation), (Some(1), 2));
    let key =
        |text: &[u8]| serde_json::from_slice::<serde_json::Value>(text).unwrap()["key"].clone();
    let mut expected = key(MOVED_ENVELOPE.as_bytes());
    assert_eq!(key(&moved.envelope), expected);
    assert_eq!(expected["made"], 1, "it is bound as it was made");
    expected.as_object_mut().unwrap().remove("made");
    assert_eq!(expected, key(ENVELOPE.as_bytes()), "and copied as it was");
}
