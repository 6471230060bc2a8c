use vaultpilot_core::KeyManagement;
use vaultpilot_ports::keys::KeyError;

use super::{Action, Key};

fn root(mount: &str, key: &str) -> KeyManagement {
    KeyManagement::Vault {
        mount: mount.to_owned(),
        key: key.to_owned(),
        role: String::new(),
    }
}

#[test]
fn a_key_is_at_its_paths() {
    let root = root("team/transit", "acme");
    let key = Key::of(&root).unwrap();
    assert_eq!(key.path(Action::Encrypt), "team/transit/encrypt/acme");
    assert_eq!(key.path(Action::Decrypt), "team/transit/decrypt/acme");
    assert_eq!(key.path(Action::Rewrap), "team/transit/rewrap/acme");
    assert_eq!(key.about(), "team/transit/keys/acme");
}

#[test]
fn a_name_leads_to_no_other_path() {
    for (mount, key) in [
        ("transit", "../../sys/seal"),
        ("transit", "a/b"),
        ("transit", ""),
        ("../sys", "k"),
        ("transit/", "k"),
        ("", "k"),
        ("transit?x", "k"),
    ] {
        let refused = Key::of(&root(mount, key)).unwrap_err();
        assert_eq!(refused.code(), "key_provider_unsupported", "{mount} {key}");
    }
}

#[test]
fn another_provider_is_another_root() {
    assert_eq!(
        Key::of(&KeyManagement::Local).unwrap_err(),
        KeyError::Provider {
            expected: "vault".to_owned(),
            found: "local".to_owned(),
        }
    );
}
