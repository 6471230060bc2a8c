//! The IAM policies of `policies/` are enough for what each side does, and no more.

use serde_json::{Value, json};
use vaultpilot_keys_kms::Kms;
use vaultpilot_ports::keys::{
    KekContext, KeyError, RootUnwrapper as _, RootWrapper as _, Signer as _,
};
use vaultpilot_testkit::fixture::hash;

use crate::ground::{
    REGION, adopt, adopted, aws, connect, kek, key_context, options, seed, server,
};

const DECIDING: &str = include_str!("../../policies/deciding.json");
const SIGNING: &str = include_str!("../../policies/signing.json");

/// What stands in the files instead of a root, and instead of the account.
const ROOT: &str = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const ACCOUNT: (&str, &str) = ("111122223333", "123456789012");

/// Somebody who may do what a policy says, with this root.
async fn somebody(access_key: &str, policy: &str, root: &str) -> Kms {
    assert!(policy.contains(ROOT), "the policy names the root");
    let policy = policy.replace(ROOT, root).replace(ACCOUNT.0, ACCOUNT.1);
    let policy: Value = serde_json::from_str(&policy).unwrap();
    server().allow(access_key, &policy).await;
    Kms::connect(options(access_key)).await.unwrap()
}

fn denied<T>(answer: &Result<T, KeyError>) -> bool {
    matches!(answer, Err(KeyError::Denied { .. }))
}

#[tokio::test]
async fn the_deciding_side_wraps_and_adopts_and_does_nothing_else() {
    let root = server().root_key(REGION).await;
    let kms = somebody("AKIADECIDING00000001", DECIDING, &root).await;
    let (management, context) = (aws(&root), kek());
    kms.wrapper().check(&management).await.unwrap();
    let sealed = kms.wrapper().wrap(&management, &context, &seed()).await;
    let sealed = sealed.unwrap();
    let wallet = adopted(&kms).await;

    let unwrapper = kms.unwrapper();
    assert!(denied(
        &unwrapper.unwrap(&management, &context, &sealed).await
    ));
    assert!(denied(
        &unwrapper.rewrap(&management, &context, &sealed).await
    ));
    let signer = kms.signer();
    let asked = signer.sign(wallet.context, &wallet.key, None, wallet.address, hash());
    assert!(denied(&asked.await));

    let another = aws(&server().root_key(REGION).await);
    assert!(denied(
        &kms.wrapper().wrap(&another, &context, &seed()).await
    ));
    assert!(denied(&kms.wrapper().check(&another).await));
    let spec = json!({"KeySpec": "ECC_SECG_P256K1", "KeyUsage": "SIGN_VERIFY"});
    let untagged = server().key(REGION, spec).await;
    assert!(denied(&adopt(&kms, key_context(), &untagged).await));
}

#[tokio::test]
async fn the_signing_side_unwraps_and_signs() {
    let root = server().root_key(REGION).await;
    let kms = somebody("AKIASIGNING000000001", SIGNING, &root).await;
    let (management, context) = (aws(&root), kek());
    kms.wrapper().check(&management).await.unwrap();
    let sealed = kms.wrapper().wrap(&management, &context, &seed()).await;
    let sealed = sealed.unwrap();
    let unwrapper = kms.unwrapper();
    let moved = unwrapper.rewrap(&management, &context, &sealed).await;
    let moved = moved.unwrap();
    assert!(
        unwrapper
            .unwrap(&management, &context, &moved)
            .await
            .is_ok()
    );
    let wrong = KekContext {
        version: 2,
        ..context
    };
    let opened = unwrapper.unwrap(&management, &wrong, &moved).await;
    assert_eq!(opened.err(), Some(KeyError::NotUnwrapped));

    let admin = connect().await;
    let wallet = adopted(&admin).await;
    let signer = kms.signer();
    let sign = || signer.sign(wallet.context, &wallet.key, None, wallet.address, hash());
    assert!(sign().await.is_ok());
    let taken = adopt(&kms, key_context(), &wallet.arn).await;
    assert!(denied(&taken), "it takes note of no key");

    let another = aws(&server().root_key(REGION).await);
    let theirs = admin.wrapper().wrap(&another, &context, &seed()).await;
    let opened = unwrapper.unwrap(&another, &context, &theirs.unwrap()).await;
    assert!(denied(&opened));
    // Taking the tag away takes the key out of use.
    let tags = json!({"KeyId": wallet.arn.rsplit('/').next(), "TagKeys": ["vaultpilot-tenant"]});
    server().call(REGION, "UntagResource", tags).await;
    assert!(denied(&sign().await));
}
