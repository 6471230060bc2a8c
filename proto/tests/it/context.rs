//! Credentials are exchanged, not passed on; contexts are remembered, and forgotten.

use secrecy::SecretString;
use vaultpilot_ports::{ControlPlane as _, Fault};

use crate::call::{key, remote};
use crate::house::TENANT;
use crate::server::ControlPlane;

#[tokio::test]
async fn one_caller_authenticates_once() {
    let server = ControlPlane::start().await;
    let remote = remote(&server).await;
    let tenant = TENANT.parse().unwrap();
    let first = remote.authenticate(&tenant, &key(), None).await.unwrap();
    let again = remote.authenticate(&tenant, &key(), None).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(server.desk.count("Authenticate"), 1);
    // From elsewhere it is another caller: policies ask for the address.
    let ip = Some([203, 0, 113, 7].into());
    remote.authenticate(&tenant, &key(), ip).await.unwrap();
    assert_eq!(server.desk.count("Authenticate"), 2);
}

#[tokio::test]
async fn a_context_that_is_over_is_exchanged_anew() {
    let server = ControlPlane::start().await;
    let remote = remote(&server).await;
    let tenant = TENANT.parse().unwrap();
    let caller = remote.authenticate(&tenant, &key(), None).await.unwrap();
    remote.tools(&caller).await.unwrap();

    server.desk.forget_contexts();
    let over = remote.tools(&caller).await.unwrap_err();
    assert_eq!(over.code(), "context_over");
    assert!(over.is_retryable());
    assert_eq!(remote.recognise(&tenant, &key(), None), None);

    let caller = remote.authenticate(&tenant, &key(), None).await.unwrap();
    remote.tools(&caller).await.unwrap();
    assert_eq!(server.desk.count("Authenticate"), 2);
}

#[tokio::test]
async fn a_caller_nobody_authenticated_asks_nothing() {
    let server = ControlPlane::start().await;
    let remote = remote(&server).await;
    let stranger = vaultpilot_testkit::fixture::agent("bot").build();
    let refused = remote.tools(&stranger).await.unwrap_err();
    assert_eq!(refused.code(), "context_over");
    assert_eq!(server.desk.called(), Vec::<String>::new());
}

#[tokio::test]
async fn a_key_that_was_good_once_is_forgotten_when_it_is_refused() {
    let server = ControlPlane::start().await;
    // So short that every call authenticates anew.
    *server.desk.lifetime.lock().unwrap() = std::time::Duration::ZERO;
    let remote = remote(&server).await;
    let tenant = TENANT.parse().unwrap();
    let caller = remote.authenticate(&tenant, &key(), None).await.unwrap();
    assert_eq!(remote.recognise(&tenant, &key(), None), Some(caller));

    *server.desk.house.locked.lock().unwrap() = Some(Fault::Unauthenticated);
    let refused = remote.authenticate(&tenant, &key(), None).await;
    assert_eq!(refused, Err(Fault::Unauthenticated));
    assert_eq!(remote.recognise(&tenant, &key(), None), None);
}

#[tokio::test]
async fn a_wrong_key_is_unauthenticated_and_nothing_else() {
    let server = ControlPlane::start().await;
    let remote = remote(&server).await;
    let wrong = SecretString::from("vp_test_wrong".to_owned());
    let tenant = TENANT.parse().unwrap();
    let refused = remote.authenticate(&tenant, &wrong, None);
    assert_eq!(refused.await, Err(Fault::Unauthenticated));
    assert!(remote.contexts().is_empty());
}
