//! KMS throttles, is slow, answers nonsense, or is not there.

use std::net::TcpListener;
use std::time::Duration;

use vaultpilot_keys_kms::{Kms, KmsError, KmsOptions};
use vaultpilot_ports::keys::{KeyError, RootUnwrapper as _, RootWrapper as _, Signer as _};
use vaultpilot_testkit::KmsFault;
use vaultpilot_testkit::fixture::hash;
use vaultpilot_testkit::kms::ADMIN;

use crate::ground::{
    Adopted, REGION, adopted, aws, connect, impatient, kek, options, seed, server,
};

async fn sign(kms: &Kms, key: &Adopted) -> Result<(), KeyError> {
    let signer = kms.signer();
    let asked = signer.sign(key.context, &key.key, None, key.address, hash());
    asked.await.map(drop)
}

#[tokio::test]
async fn a_throttled_signature_waits_and_is_made() {
    let kms = connect().await;
    let key = adopted(&kms).await;
    let throttling = KmsFault::Error("ThrottlingException");
    server().fail(&key.arn, "Sign", 2, throttling).await;
    assert_eq!(sign(&kms, &key).await, Ok(()));
    assert_eq!(server().calls(&key.arn, "Sign").await, 3);
}

#[tokio::test]
async fn a_signature_that_is_throttled_for_long_is_given_up() {
    let kms = impatient(Duration::from_secs(1)).await;
    let key = adopted(&connect().await).await;
    let throttling = KmsFault::Error("ThrottlingException");
    server().fail(&key.arn, "Sign", 1000, throttling).await;
    assert_eq!(sign(&kms, &key).await, Err(KeyError::Throttled));
    // After 0, 100, 300 and 700 milliseconds at the earliest; the next would be after 1500.
    let calls = server().calls(&key.arn, "Sign").await;
    assert!((1..=4).contains(&calls), "{calls} calls");
}

#[tokio::test]
async fn what_passes_by_itself_is_tried_again_by_the_root() {
    let kms = connect().await;
    let root = server().root_key(REGION).await;
    let (wrapper, unwrapper) = (kms.wrapper(), kms.unwrapper());
    let context = kek();
    let sealed = wrapper.wrap(&aws(&root), &context, &seed()).await.unwrap();
    for code in ["ThrottlingException", "KMSInternalException"] {
        let before = server().calls(&root, "Decrypt").await;
        server()
            .fail(&root, "Decrypt", 1, KmsFault::Error(code))
            .await;
        let opened = unwrapper.unwrap(&aws(&root), &context, &sealed).await;
        assert!(opened.is_ok(), "{code}: {:?}", opened.err());
        assert_eq!(server().calls(&root, "Decrypt").await, before + 2);
    }
    let before = server().calls(&root, "Decrypt").await;
    let throttling = KmsFault::Error("ThrottlingException");
    server().fail(&root, "Decrypt", 3, throttling).await;
    let opened = unwrapper.unwrap(&aws(&root), &context, &sealed).await;
    assert_eq!(opened.err(), Some(KeyError::Throttled));
    assert_eq!(
        server().calls(&root, "Decrypt").await,
        before + 3,
        "and no more"
    );
}

#[tokio::test]
async fn what_does_not_pass_by_itself_is_not_tried_again() {
    let kms = connect().await;
    let key = adopted(&kms).await;
    let root = server().root_key(REGION).await;
    let denied = KmsFault::Error("AccessDeniedException");
    server().fail(&key.arn, "Sign", 1, denied).await;
    server().fail(&root, "Encrypt", 1, denied).await;
    let signed = sign(&kms, &key).await.unwrap_err();
    let wrapped = kms.wrapper().wrap(&aws(&root), &kek(), &seed()).await;
    for error in [signed, wrapped.unwrap_err()] {
        assert!(matches!(error, KeyError::Denied { .. }), "{error:?}");
        assert!(error.is_passing(), "a person gives the right back");
    }
    assert_eq!(server().calls(&key.arn, "Sign").await, 1);
    assert_eq!(server().calls(&root, "Encrypt").await, 1);
}

#[tokio::test]
async fn a_slow_answer_is_not_waited_for() {
    let kms = impatient(Duration::from_millis(600)).await;
    let patient = connect().await;
    let key = adopted(&patient).await;
    let root = server().root_key(REGION).await;
    let (wrapper, context) = (patient.wrapper(), kek());
    let sealed = wrapper.wrap(&aws(&root), &context, &seed()).await.unwrap();
    let slow = KmsFault::Delay(3.0);
    server().fail(&key.arn, "Sign", 1, slow).await;
    server().fail(&root, "Decrypt", 3, slow).await;
    assert_eq!(sign(&kms, &key).await, Err(KeyError::TimedOut));
    let unwrapper = kms.unwrapper();
    let opened = unwrapper.unwrap(&aws(&root), &context, &sealed).await;
    assert_eq!(opened.err(), Some(KeyError::TimedOut));
}

#[tokio::test]
async fn nonsense_is_no_answer() {
    let kms = connect().await;
    let key = adopted(&kms).await;
    let root = server().root_key(REGION).await;
    let (wrapper, unwrapper) = (kms.wrapper(), kms.unwrapper());
    let context = kek();
    let sealed = wrapper.wrap(&aws(&root), &context, &seed()).await.unwrap();
    server().fail(&key.arn, "Sign", 3, KmsFault::Garbage).await;
    server().fail(&root, "Decrypt", 3, KmsFault::Garbage).await;
    let signed = sign(&kms, &key).await.unwrap_err();
    let opened = unwrapper.unwrap(&aws(&root), &context, &sealed).await;
    for error in [signed, opened.err().unwrap()] {
        assert!(matches!(error, KeyError::Unavailable { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_kms_that_is_not_there_is_waited_for() {
    let key = adopted(&connect().await).await;
    let root = server().root_key(REGION).await;
    // Nobody listens where somebody did.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let options = KmsOptions {
        endpoint: Some(format!("http://{}", port.unwrap())),
        ..options(ADMIN)
    };
    let kms = Kms::connect(options).await.unwrap();
    let signed = sign(&kms, &key).await.unwrap_err();
    let checked = kms.wrapper().check(&aws(&root)).await.unwrap_err();
    for error in [signed, checked] {
        assert!(matches!(error, KeyError::Unavailable { .. }), "{error:?}");
        assert!(error.to_string().contains("cannot be reached"), "{error}");
    }
}

#[tokio::test]
async fn options_that_make_no_sense_are_refused() {
    let with = |change: fn(&mut KmsOptions)| {
        let mut options = options(ADMIN);
        change(&mut options);
        async { Kms::connect(options).await.err() }
    };
    let open = |options: &mut KmsOptions| {
        options.endpoint = Some("http://kms.example.com".to_owned());
    };
    assert_eq!(with(open).await, Some(KmsError::Plaintext));
    let nothing = |options: &mut KmsOptions| options.endpoint = Some("kms".to_owned());
    assert_eq!(with(nothing).await, Some(KmsError::Endpoint));
    let nowhere = |options: &mut KmsOptions| options.region = Some(String::new());
    assert_eq!(with(nowhere).await, Some(KmsError::Region));
    let never = |options: &mut KmsOptions| options.timeout = Duration::ZERO;
    assert_eq!(with(never).await, Some(KmsError::Timeout));
}
