//! Who is believed, and who is spoken to at all.

use std::sync::Arc;

use vaultpilot_ports::StrategyPlane as _;
use vaultpilot_proto::client::{Endpoint, EndpointError, IdentityFiles, Link, RemoteStrategyPlane};
use vaultpilot_testkit::fixture;

use crate::authority::Authority;
use crate::server::ControlPlane;

async fn answers(endpoint: Endpoint) -> Result<(), String> {
    let link = Link::open(endpoint).await.unwrap();
    let plane = RemoteStrategyPlane::new(Arc::new(link));
    let answer = plane.strategy_next(fixture::tenant().build().id).await;
    answer.map(drop).map_err(|fault| fault.code().to_owned())
}

#[tokio::test]
async fn only_the_configured_authority_is_believed() {
    let server = ControlPlane::start().await;
    assert_eq!(answers(server.endpoint()).await, Ok(()));

    let other = server.file("other.crt");
    std::fs::write(&other, Authority::new().pem()).unwrap();
    let refused = answers(Endpoint {
        ca_file: Some(other),
        ..server.endpoint()
    });
    assert_eq!(refused.await, Err("control_plane_unavailable".to_owned()));
    let refused = answers(Endpoint {
        server_name: Some("elsewhere".to_owned()),
        ..server.endpoint()
    });
    assert_eq!(refused.await, Err("control_plane_unavailable".to_owned()));
    assert_eq!(server.desk.count("StrategyNext"), 1);
}

#[tokio::test]
async fn a_new_authority_in_the_same_file_is_believed_without_a_restart() {
    let mut server = ControlPlane::start().await;
    let link = Arc::new(Link::open(server.endpoint()).await.unwrap());
    let plane = RemoteStrategyPlane::new(link);
    let tenant = fixture::tenant().build().id;
    plane.strategy_next(tenant).await.unwrap();
    server.go_away().await;
    server.change_authority();
    server.come_back().await;
    plane.strategy_next(tenant).await.unwrap();
}

#[tokio::test]
async fn a_server_that_asks_for_a_certificate_gets_ours() {
    let clients = Authority::new();
    let server = ControlPlane::with_clients_of(Some(clients.pem())).await;
    let refused = answers(server.endpoint()).await;
    assert_eq!(refused, Err("control_plane_unavailable".to_owned()));

    let ours = clients.sign("operator");
    let files = IdentityFiles {
        certificate: server.file("client.crt"),
        key: server.file("client.key"),
    };
    std::fs::write(&files.certificate, ours.certificate).unwrap();
    std::fs::write(&files.key, ours.key).unwrap();
    let let_in = answers(Endpoint {
        identity: Some(files),
        ..server.endpoint()
    });
    assert_eq!(let_in.await, Ok(()));
}

#[tokio::test]
async fn nothing_is_said_without_tls_but_to_this_machine() {
    let plain = |address: &str| Endpoint {
        address: address.to_owned(),
        ca_file: None,
        server_name: None,
        identity: None,
        token_file: None,
    };
    for address in [
        "http://control-api.vaultpilot-system.svc:9443",
        "control-api:9443",
        "",
        "ftp://127.0.0.1",
        "http://127.0.0.1.example.com",
    ] {
        let refused = Link::open(plain(address)).await;
        assert!(matches!(refused, Err(EndpointError::Address)), "{address}");
    }
    assert!(Link::open(plain("http://127.0.0.1:1")).await.is_ok());
    let refused = Link::open(plain("https://control-api:9443")).await;
    assert!(matches!(refused, Err(EndpointError::NoAuthority)));

    let missing = Endpoint {
        ca_file: Some("/nowhere/ca.crt".into()),
        ..plain("https://control-api:9443")
    };
    let refused = Link::open(missing).await;
    assert!(matches!(refused, Err(EndpointError::File { .. })));
}
