//! A key of KMS as a root.

use serde_json::json;
use vaultpilot_core::KeyManagement;
use vaultpilot_ports::keys::{KeyError, RootSealed, RootUnwrapper as _, RootWrapper as _};
use vaultpilot_testkit::contract;

use crate::ground::{REGION, aws, connect, kek, seed, server};

#[tokio::test]
async fn it_keeps_the_contract() {
    let kms = connect().await;
    let root = aws(&server().root_key(REGION).await);
    contract::root::run(&kms.wrapper(), &kms.unwrapper(), &root).await;
}

#[tokio::test]
async fn it_keeps_the_contract_behind_an_alias() {
    let kms = connect().await;
    let key = server().root_key(REGION).await;
    let root = aws(&server().alias("contract", &key).await);
    contract::root::run(&kms.wrapper(), &kms.unwrapper(), &root).await;
}

#[tokio::test]
async fn new_material_of_the_key_is_a_new_root() {
    let kms = connect().await;
    let key = server().root_key(REGION).await;
    contract::root::moves_on(
        &kms.wrapper(),
        async || server().tell(&key, "RotateKeyOnDemand").await,
        &kms.wrapper(),
        &kms.unwrapper(),
        &aws(&key),
    )
    .await;
}

#[tokio::test]
async fn another_key_behind_the_alias_is_a_new_root() {
    let kms = connect().await;
    let old = server().root_key(REGION).await;
    let alias = server().alias("moves", &old).await;
    let new = server().root_key(REGION).await;
    let point = async || {
        let id = new.rsplit('/').next();
        let body = json!({"AliasName": "alias/moves", "TargetKeyId": id});
        server().call(REGION, "UpdateAlias", body).await;
    };
    let (wrapper, unwrapper) = (kms.wrapper(), kms.unwrapper());
    contract::root::moves_on(&wrapper, point, &wrapper, &unwrapper, &aws(&alias)).await;
}

#[tokio::test]
async fn a_rotation_ends() {
    let kms = connect().await;
    let root = aws(&server().root_key(REGION).await);
    let context = kek();
    let first = kms.wrapper().wrap(&root, &context, &seed()).await.unwrap();
    let unwrapper = kms.unwrapper();
    let second = unwrapper.rewrap(&root, &context, &first).await.unwrap();
    assert_eq!(second.root, first.root, "nothing to rotate");
    assert_ne!(second.bytes, first.bytes);
}

/// Whoever writes the database names the key; only the tenant's may be named.
#[tokio::test]
async fn what_another_key_wrapped_is_not_unwrapped() {
    let kms = connect().await;
    let (key, other) = (
        server().root_key(REGION).await,
        server().root_key(REGION).await,
    );
    let context = kek();
    let wrapper = kms.wrapper();
    let theirs = wrapper.wrap(&aws(&other), &context, &seed()).await.unwrap();
    let alias = aws(&server().alias("theirs", &key).await);
    let foreign = aws(&key.replace(":123456789012:key/", ":444455556666:key/"));
    let relabelled = RootSealed {
        root: key.clone(),
        bytes: theirs.bytes.clone(),
    };
    for (root, sealed) in [
        (&aws(&key), &theirs),
        (&aws(&key), &relabelled),
        (&alias, &relabelled),
        (&foreign, &theirs),
        (
            &aws(&key),
            &RootSealed {
                root: String::new(),
                ..theirs.clone()
            },
        ),
    ] {
        let opened = kms.unwrapper().unwrap(root, &context, sealed).await;
        assert_eq!(opened.err(), Some(KeyError::NotUnwrapped), "{root:?}");
        let moved = kms.unwrapper().rewrap(root, &context, sealed).await;
        assert_eq!(moved.err(), Some(KeyError::NotUnwrapped), "{root:?}");
    }
    // An alias may have meant any key of its account, and KMS still compares.
    assert!(
        kms.unwrapper()
            .unwrap(&alias, &context, &theirs)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_key_that_is_disabled_does_nothing_until_it_is_enabled() {
    let kms = connect().await;
    for (stop, start) in [
        ("DisableKey", &["EnableKey"][..]),
        ("ScheduleKeyDeletion", &["CancelKeyDeletion", "EnableKey"]),
    ] {
        let key = server().root_key(REGION).await;
        let (root, context) = (aws(&key), kek());
        let (wrapper, unwrapper) = (kms.wrapper(), kms.unwrapper());
        let sealed = wrapper.wrap(&root, &context, &seed()).await.unwrap();
        server().tell(&key, stop).await;
        let errors = [
            wrapper.wrap(&root, &context, &seed()).await.err(),
            wrapper.check(&root).await.err(),
            unwrapper.unwrap(&root, &context, &sealed).await.err(),
            unwrapper.rewrap(&root, &context, &sealed).await.err(),
        ];
        for error in errors {
            let error = error.unwrap();
            assert!(matches!(error, KeyError::Disabled { .. }), "{error:?}");
            assert!(
                error.is_passing() && error.to_string().contains(&key),
                "{error}"
            );
        }
        for action in start {
            server().tell(&key, action).await;
        }
        assert!(unwrapper.unwrap(&root, &context, &sealed).await.is_ok());
        assert!(wrapper.check(&root).await.is_ok());
    }
}

#[tokio::test]
async fn a_key_of_another_kind_is_no_root() {
    let kms = connect().await;
    let signs = server().wallet_key(REGION, "acme").await;
    let rsa = json!({"KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT"});
    let rsa = server().key(REGION, rsa).await;
    for root in [
        aws(&signs),
        aws(&rsa),
        aws(signs.rsplit('/').next().unwrap()),
        aws("alias/root"),
    ] {
        let refused = kms.wrapper().wrap(&root, &kek(), &seed()).await.err();
        let refused = refused.unwrap();
        assert!(
            matches!(refused, KeyError::Unsupported { .. }),
            "{refused:?}"
        );
        assert!(kms.wrapper().check(&root).await.is_err());
    }
    let vault = KeyManagement::Vault {
        mount: "transit".to_owned(),
        key: "root".to_owned(),
        role: "vaultpilot".to_owned(),
    };
    for root in [KeyManagement::Local, vault] {
        let refused = kms.wrapper().wrap(&root, &kek(), &seed()).await.err();
        let expected = KeyError::Provider {
            expected: "aws-kms".to_owned(),
            found: root.provider().to_owned(),
        };
        assert_eq!(refused, Some(expected));
    }
}

#[tokio::test]
async fn a_key_that_is_not_there_is_named() {
    let kms = connect().await;
    let key = server().root_key(REGION).await;
    let id = key.rsplit('/').next().unwrap();
    let missing = key.replace(id, "00000000-0000-4000-8000-000000000000");
    let refused = kms.wrapper().check(&aws(&missing)).await.err().unwrap();
    assert!(refused.is_passing(), "{refused:?}");
    assert!(
        refused.to_string().contains("AWS KMS has no such key"),
        "{refused}"
    );
}
