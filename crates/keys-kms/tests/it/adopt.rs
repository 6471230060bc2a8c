//! Taking note of keys that live in KMS.

use serde_json::json;
use vaultpilot_ports::keys::{ExternalKeys as _, KeyError};

use crate::ground::{REGION, adopt, adopted, connect, key_context, server};

#[tokio::test]
async fn a_key_is_taken_note_of() {
    let kms = connect().await;
    let adopted = adopted(&kms).await;
    assert_eq!(kms.keys().provider(), "aws-kms-key");
    assert_eq!(adopted.key.provider, "aws-kms-key");
    assert_eq!((adopted.key.version, adopted.key.generation), (1, 1));
    assert_eq!(adopted.key.kek, None);
    let envelope = String::from_utf8(adopted.key.envelope.clone()).unwrap();
    assert!(envelope.contains(&adopted.arn), "{envelope}");

    let again = adopt(&kms, adopted.context, &adopted.arn).await;
    assert_eq!(again, Ok((adopted.address, adopted.key)));
    assert_eq!(server().calls(&adopted.arn, "Sign").await, 0);
}

/// What an alias means may change; what was adopted may not.
#[tokio::test]
async fn an_alias_is_adopted_as_the_key_that_it_means() {
    let kms = connect().await;
    let key = server().wallet_key(REGION, "acme").await;
    let alias = server().alias("wallet", &key).await;
    let context = key_context();
    let by_alias = adopt(&kms, context, &alias).await.unwrap();
    assert_eq!(adopt(&kms, context, &key).await, Ok(by_alias));
}

#[tokio::test]
async fn a_key_that_does_not_say_that_it_is_the_tenants_is_refused() {
    let kms = connect().await;
    let spec = json!({"KeySpec": "ECC_SECG_P256K1", "KeyUsage": "SIGN_VERIFY"});
    let nobodys = server().key(REGION, spec).await;
    let theirs = server().wallet_key(REGION, "acme-2").await;
    let upper = server().wallet_key(REGION, "ACME").await;
    for key in [&nobodys, &theirs, &upper] {
        let refused = adopt(&kms, key_context(), key).await;
        let error = refused.unwrap_err();
        assert_eq!(error.code(), "external_key_not_the_tenants", "{error}");
        assert!(!error.to_string().contains("acme-2"), "{error}");
    }
    let tags = json!([
        {"TagKey": "owner", "TagValue": "treasury"},
        {"TagKey": "vaultpilot-tenant", "TagValue": "acme"},
    ]);
    let body = json!({"KeyId": nobodys.rsplit('/').next(), "Tags": tags});
    server().call(REGION, "TagResource", body).await;
    let adopted = adopt(&kms, key_context(), &nobodys).await;
    assert!(adopted.is_ok(), "once it says so");
}

#[tokio::test]
async fn a_key_of_another_kind_is_refused() {
    let kms = connect().await;
    let tags = json!([{"TagKey": "vaultpilot-tenant", "TagValue": "acme"}]);
    let mut ids = vec!["alias/wallet".to_owned(), "1234".to_owned(), String::new()];
    for (spec, usage) in [
        ("ECC_NIST_P256", "SIGN_VERIFY"),
        ("RSA_2048", "SIGN_VERIFY"),
        ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"),
    ] {
        let key = json!({"KeySpec": spec, "KeyUsage": usage, "Tags": tags});
        ids.push(server().key(REGION, key).await);
    }
    for id in ids {
        let refused = adopt(&kms, key_context(), &id).await;
        let error = refused.unwrap_err();
        assert!(
            matches!(error, KeyError::Unsupported { .. }),
            "{id}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_key_that_would_not_sign_is_refused() {
    let kms = connect().await;
    for stop in ["DisableKey", "ScheduleKeyDeletion"] {
        let key = server().wallet_key(REGION, "acme").await;
        server().tell(&key, stop).await;
        let refused = adopt(&kms, key_context(), &key).await;
        let error = refused.unwrap_err();
        assert!(matches!(error, KeyError::Disabled { .. }), "{error:?}");
    }
}
