use std::sync::Arc;

use vaultpilot_core::{B256, KeyManagement};
use vaultpilot_keys::material;
use vaultpilot_ports::keys::{KeyError, KeyWrapper as _, Signer as _, WrappedKey};
use vaultpilot_testkit::fixture::hash;
use vaultpilot_testkit::{SeededEntropy, contract};

use crate::place::{context, halves, kek, keyring, root, signed_by, unwrapper};

#[tokio::test]
async fn local_keys_keep_the_contract() {
    let (wrapper, keyring) = halves(1, Arc::new(SeededEntropy::new(2)));
    contract::keys::run(contract::keys::Bench {
        wrapper: &wrapper,
        signer: &keyring,
        custodian: &keyring,
        management: &KeyManagement::Local,
        signed_by: &signed_by,
        recipient: &material::recipient,
        seal: &|imports, text| {
            let recipient = material::recipient(imports).parse();
            let recipient: age::x25519::Recipient = recipient.unwrap();
            age::encrypt_and_armor(&recipient, text.as_bytes()).unwrap()
        },
    })
    .await;
}

#[tokio::test]
async fn local_roots_keep_the_contract() {
    let entropy = Arc::new(SeededEntropy::new(2));
    let wrapper = root(1).wrapper(entropy.clone());
    contract::root::run(&wrapper, &unwrapper(1, &[]), &KeyManagement::Local).await;

    let after = root(3).wrapper(entropy);
    contract::root::moves_on(
        &wrapper,
        async || {},
        &after,
        &unwrapper(3, &[2, 1]),
        &KeyManagement::Local,
    )
    .await;
}

#[tokio::test]
async fn a_root_is_for_tenants_who_chose_it() {
    use vaultpilot_ports::keys::{KekContext, RootUnwrapper as _, RootWrapper as _};
    let wrapper = root(1).wrapper(Arc::new(SeededEntropy::new(2)));
    let elsewhere = KeyManagement::AwsKms {
        key_arn: "arn:aws:kms:eu-central-1:000000000000:key/1".to_owned(),
    };
    let context = KekContext {
        tenant: context().tenant,
        version: 1,
    };
    let seed = vaultpilot_secret::Secret::empty();
    let sealed = wrapper.wrap(&KeyManagement::Local, &context, &seed).await;
    let (sealed, unwrapper) = (sealed.unwrap(), unwrapper(1, &[]));
    let refused = unwrapper.unwrap(&elsewhere, &context, &sealed).await.err();
    let mismatch = KeyError::Provider {
        expected: "local".to_owned(),
        found: "aws-kms".to_owned(),
    };
    assert_eq!(refused, Some(mismatch.clone()));
    let refused = wrapper.wrap(&elsewhere, &context, &seed).await;
    assert_eq!(refused, Err(mismatch.clone()));
    assert_eq!(wrapper.check(&elsewhere).await, Err(mismatch));

    let (wrapper, _) = halves(1, Arc::new(SeededEntropy::new(2)));
    assert_eq!(
        wrapper.kek(&elsewhere, context).await,
        Err(KeyError::NotConfigured {
            provider: "aws-kms"
        })
    );
}

#[tokio::test]
async fn another_root_unwraps_nothing() {
    let (wrapper, keyring_1) = halves(1, Arc::new(SeededEntropy::new(2)));
    let stranger = keyring(3);
    let context = context();
    let mut kek = kek(1, context, 1).await;
    let (address, key) = wrapper.generate(context, &kek).await.unwrap();
    let signed = keyring_1
        .sign(context, &key, Some(&kek), address, hash())
        .await;
    assert!(signed.is_ok());
    let refused = stranger
        .sign(context, &key, Some(&kek), address, hash())
        .await;
    assert_eq!(refused, Err(KeyError::NotUnwrapped));

    // Nor when the row claims to be of that root.
    assert_eq!(kek.root, root(1).id().to_string());
    kek.root = root(3).id().to_string();
    for keyring in [&stranger, &keyring_1] {
        let (address, key) = wrapper.generate(context, &kek).await.unwrap();
        let refused = keyring
            .sign(context, &key, Some(&kek), address, hash())
            .await;
        assert_eq!(refused, Err(KeyError::NotUnwrapped));
    }
}

#[tokio::test]
async fn parts_of_two_envelopes_make_none() {
    let (wrapper, keyring) = halves(1, Arc::new(SeededEntropy::new(2)));
    let context = context();
    let kek = kek(1, context, 1).await;
    let (address, one) = wrapper.generate(context, &kek).await.unwrap();
    let (_, two) = wrapper.generate(context, &kek).await.unwrap();
    let read = |key: &WrappedKey| {
        serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&key.envelope).unwrap()
    };
    let names: Vec<_> = read(&one).keys().cloned().collect();
    for (name, parts) in [
        ("dek", &["enc", "sealed"][..]),
        ("dek", &["enc"]),
        ("dek", &["sealed"]),
        ("key", &["nonce", "sealed"]),
        ("key", &["nonce"]),
        ("address", &[]),
    ] {
        assert!(names.iter().any(|known| known == name));
        // As text, because the spelling counts.
        let (from, to) = (read(&one)[name].clone(), read(&two)[name].clone());
        let text = String::from_utf8(one.envelope.clone()).unwrap();
        let mut swapped = text.clone();
        if parts.is_empty() {
            swapped = text.replace(from.as_str().unwrap(), to.as_str().unwrap());
        }
        for part in parts {
            let (from, to) = (from[part].as_str().unwrap(), to[part].as_str().unwrap());
            swapped = swapped.replace(from, to);
        }
        assert_ne!(swapped, text);
        let mixed = WrappedKey {
            envelope: swapped.into_bytes(),
            ..one.clone()
        };
        let refused = keyring
            .sign(context, &mixed, Some(&kek), address, B256::ZERO)
            .await;
        assert_eq!(refused, Err(KeyError::NotUnwrapped), "{name} {parts:?}");
    }
}

#[tokio::test]
async fn an_envelope_says_what_it_is() {
    let (wrapper, _) = halves(1, Arc::new(SeededEntropy::new(2)));
    let context = context();
    let kek = kek(1, context, 3).await;
    let (address, key) = wrapper.generate(context, &kek).await.unwrap();
    assert_eq!((key.provider.as_str(), key.version), ("local", 1));
    let seen: serde_json::Value = serde_json::from_slice(&key.envelope).unwrap();
    assert_eq!(seen["version"], 2);
    assert_eq!(seen["curve"], "secp256k1");
    assert_eq!(seen["address"], address.to_checksum(None));
    assert_eq!(seen["dek"]["kek"], 3);
    assert_eq!(
        seen["dek"]["algorithm"],
        "hpke-x25519-hkdf-sha256-aes-256-gcm"
    );
    assert_eq!(seen["key"]["algorithm"], "aes-256-gcm");
    assert_eq!(seen["key"]["made"], 2);
}
