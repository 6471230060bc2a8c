use std::sync::Arc;

use vaultpilot_core::B256;
use vaultpilot_ports::keys::{KeyError, KeyWrapper as _, Signer as _, WrappedKey};
use vaultpilot_testkit::fixture::hash;
use vaultpilot_testkit::{SeededEntropy, contract};

use crate::place::{context, halves, root, signed_by};

#[tokio::test]
async fn local_root_keeps_the_contract() {
    let (wrapper, signer) = halves(1, Arc::new(SeededEntropy::new(2)));
    contract::keys::run(&wrapper, &signer, &signed_by).await;
}

#[tokio::test]
async fn another_root_unwraps_nothing() {
    let (wrapper, _) = halves(1, Arc::new(SeededEntropy::new(2)));
    let (_, stranger) = halves(3, Arc::new(SeededEntropy::new(2)));
    let context = context();
    let (address, key) = wrapper.generate(context, None).await.unwrap();
    let refused = stranger.sign(context, &key, None, address, hash()).await;
    assert_eq!(refused, Err(KeyError::NotUnwrapped));

    // Nor when the envelope claims to be of that root.
    let text = String::from_utf8(key.envelope.clone()).unwrap();
    let claimed = text.replace(&root(1).id().to_string(), &root(3).id().to_string());
    assert_ne!(claimed, text);
    let forged = WrappedKey {
        envelope: claimed.into_bytes(),
        ..key
    };
    let refused = stranger.sign(context, &forged, None, address, hash()).await;
    assert_eq!(refused, Err(KeyError::NotUnwrapped));
}

#[tokio::test]
async fn parts_of_two_envelopes_make_none() {
    let (wrapper, signer) = halves(1, Arc::new(SeededEntropy::new(2)));
    let context = context();
    let (address, one) = wrapper.generate(context, None).await.unwrap();
    let (_, two) = wrapper.generate(context, None).await.unwrap();
    let read = |key: &WrappedKey| {
        serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&key.envelope).unwrap()
    };
    let names: Vec<_> = read(&one).keys().cloned().collect();
    for name in ["dek", "key", "address"] {
        assert!(names.iter().any(|known| known == name));
        // As text, because the spelling counts.
        let (from, to) = (read(&one)[name].clone(), read(&two)[name].clone());
        let text = String::from_utf8(one.envelope.clone()).unwrap();
        let swapped = if name == "address" {
            text.replace(from.as_str().unwrap(), to.as_str().unwrap())
        } else {
            let sealed = |part: &serde_json::Value| part["sealed"].as_str().unwrap().to_owned();
            let nonce = |part: &serde_json::Value| part["nonce"].as_str().unwrap().to_owned();
            text.replace(&sealed(&from), &sealed(&to))
                .replace(&nonce(&from), &nonce(&to))
        };
        assert_ne!(swapped, text);
        let mixed = WrappedKey {
            envelope: swapped.into_bytes(),
            ..one.clone()
        };
        let refused = signer
            .sign(context, &mixed, None, address, B256::ZERO)
            .await;
        assert_eq!(refused, Err(KeyError::NotUnwrapped), "{name}");
    }
}

#[tokio::test]
async fn an_envelope_says_what_it_is() {
    let (wrapper, _) = halves(1, Arc::new(SeededEntropy::new(2)));
    let (address, key) = wrapper.generate(context(), None).await.unwrap();
    assert_eq!(
        (key.provider.as_str(), key.version),
        (vaultpilot_keys::PROVIDER, 1)
    );
    let seen: serde_json::Value = serde_json::from_slice(&key.envelope).unwrap();
    assert_eq!(seen["version"], 1);
    assert_eq!(seen["kdf"], "hkdf-sha256");
    assert_eq!(seen["curve"], "secp256k1");
    assert_eq!(seen["address"], address.to_checksum(None));
    assert_eq!(seen["root"], root(1).id().to_string());
    for part in ["dek", "key"] {
        assert_eq!(seen[part]["algorithm"], "aes-256-gcm");
    }
}

#[tokio::test]
async fn other_versions_and_algorithms_are_refused() {
    let (wrapper, signer) = halves(1, Arc::new(SeededEntropy::new(2)));
    let context = context();
    let (address, key) = wrapper.generate(context, None).await.unwrap();
    let text = String::from_utf8(key.envelope.clone()).unwrap();
    for (from, to) in [
        ("\"version\":1", "\"version\":2"),
        ("hkdf-sha256", "hkdf-sha512"),
        ("aes-256-gcm", "aes-128-gcm"),
        ("secp256k1", "secp256r1"),
        ("\"version\":1", "\"version\": 1"),
        ("\"version\":1", "\"version\":1,\"more\":0"),
    ] {
        let altered = text.replace(from, to);
        assert_ne!(altered, text);
        let key = WrappedKey {
            envelope: altered.into_bytes(),
            ..key.clone()
        };
        let refused = signer.sign(context, &key, None, address, B256::ZERO).await;
        assert_eq!(refused, Err(KeyError::Envelope), "{to}");
    }
}
