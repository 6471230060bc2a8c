//! The workload's token is read again when it changes.

use std::sync::Arc;

use vaultpilot_ports::StrategyPlane as _;
use vaultpilot_proto::client::{Link, RemoteStrategyPlane};
use vaultpilot_testkit::fixture;

use crate::server::ControlPlane;

#[tokio::test]
async fn a_token_that_is_refused_is_read_again_at_once() {
    let server = ControlPlane::start().await;
    let link = Arc::new(Link::open(server.endpoint()).await.unwrap());
    let plane = RemoteStrategyPlane::new(link);
    let tenant = fixture::tenant().build().id;
    plane.strategy_next(tenant).await.unwrap();

    // The kubelet wrote another one; the old one is not taken any more.
    std::fs::write(server.file("token"), "the-next-token\n").unwrap();
    *server.desk.token.lock().unwrap() = "the-next-token".to_owned();
    plane.strategy_next(tenant).await.unwrap();
    assert_eq!(server.desk.count("StrategyNext"), 3);
}

#[tokio::test]
async fn a_token_that_stays_refused_is_told_and_not_tried_for_ever() {
    let server = ControlPlane::start().await;
    *server.desk.token.lock().unwrap() = "another".to_owned();
    let link = Arc::new(Link::open(server.endpoint()).await.unwrap());
    let plane = RemoteStrategyPlane::new(link);
    let refused = plane.strategy_next(fixture::tenant().build().id).await;
    assert_eq!(refused.unwrap_err().code(), "workload_refused");
    assert_eq!(server.desk.count("StrategyNext"), 2);
}

#[tokio::test]
async fn without_a_token_nothing_is_asked() {
    let server = ControlPlane::start().await;
    let link = Arc::new(Link::open(server.endpoint()).await.unwrap());
    let plane = RemoteStrategyPlane::new(link);
    let tenant = fixture::tenant().build().id;
    for broken in ["", " \n", "two\nlines"] {
        std::fs::write(server.file("token"), broken).unwrap();
        let refused = plane.strategy_next(tenant).await.unwrap_err();
        assert_eq!(refused.code(), "control_plane_unavailable", "{broken:?}");
    }
    std::fs::remove_file(server.file("token")).unwrap();
    assert!(plane.strategy_next(tenant).await.is_err());
    assert_eq!(server.desk.called(), Vec::<String>::new());
}
