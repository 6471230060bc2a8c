//! The verifier against endpoints that answer over a real socket, right and wrong.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use vaultpilot_operator::verify::{HttpVerifier, Seen, Target, Unsound, Verify as _};

const RESOURCE: &str = "https://mcp.example.com/t/acme/mcp";
const METADATA: &str = "https://mcp.example.com/.well-known/oauth-protected-resource/t/acme/mcp";

#[derive(Clone, Copy)]
struct Endpoint {
    ready: StatusCode,
    stranger: StatusCode,
    metadata: &'static str,
    resource: &'static str,
}

const SOUND: Endpoint = Endpoint {
    ready: StatusCode::OK,
    stranger: StatusCode::UNAUTHORIZED,
    metadata: METADATA,
    resource: RESOURCE,
};

impl Endpoint {
    async fn serve(self, tasks: &mut JoinSet<()>) -> SocketAddr {
        let mcp = move |headers: HeaderMap, request: Request| async move {
            // As the runtime: first whether the name is one of its own, then who asks.
            if headers
                .get(header::HOST)
                .is_none_or(|host| host != "mcp.example.com")
            {
                return StatusCode::FORBIDDEN.into_response();
            }
            assert_eq!(request.headers()["mcp-method"], "server/discover");
            if headers
                .get(header::AUTHORIZATION)
                .is_some_and(|key| key == "Bearer sesame")
            {
                let body = json!({ "jsonrpc": "2.0", "id": 1, "result": {
                    "supportedVersions": ["2026-07-28", "2025-11-25"],
                    "_meta": { "io.modelcontextprotocol/serverInfo": { "name": "v", "version": "0.1.0" } },
                } });
                return axum::Json(body).into_response();
            }
            let challenge = format!(
                "Bearer resource_metadata=\"{}\", scope=\"x\"",
                self.metadata
            );
            (self.stranger, [(header::WWW_AUTHENTICATE, challenge)]).into_response()
        };
        let document = json!({ "resource": self.resource });
        let router = Router::new()
            .route(
                "/readyz",
                get(move || async move { (self.ready, "the snapshot is too old") }),
            )
            .route("/t/acme/mcp", post(mcp))
            .route(
                "/.well-known/oauth-protected-resource/t/acme/mcp",
                get(move || async move { axum::Json(document) }),
            );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
        address
    }
}

fn target(address: SocketAddr) -> Target {
    Target {
        service: format!("http://{address}"),
        probes: format!("http://{address}"),
        host: "mcp.example.com".to_owned(),
        tenant: "acme".to_owned(),
        resource: RESOURCE.to_owned(),
        metadata: METADATA.to_owned(),
    }
}

fn verifier(credential: Option<std::path::PathBuf>) -> HttpVerifier {
    let _ = rustls::crypto::ring::default_provider().install_default();
    HttpVerifier::new(credential).unwrap()
}

async fn verified(endpoint: Endpoint) -> Result<Seen, Unsound> {
    let mut tasks = JoinSet::new();
    let address = endpoint.serve(&mut tasks).await;
    verifier(None).verify(&target(address)).await
}

#[tokio::test]
async fn a_sound_endpoint_is_seen_as_one() {
    assert_eq!(verified(SOUND).await, Ok(Seen::default()));
}

#[tokio::test]
async fn with_a_credential_it_is_asked_what_it_speaks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, "sesame\n").unwrap();
    let mut tasks = JoinSet::new();
    let address = SOUND.serve(&mut tasks).await;
    let seen = verifier(Some(path.clone()))
        .verify(&target(address))
        .await
        .unwrap();
    assert_eq!(seen.protocol_versions, ["2026-07-28", "2025-11-25"]);
    assert_eq!(seen.server_version.as_deref(), Some("0.1.0"));
    std::fs::write(&path, "wrong").unwrap();
    let refused = verifier(Some(path))
        .verify(&target(address))
        .await
        .unwrap_err();
    assert!(matches!(refused, Unsound::Discover { .. }), "{refused}");
}

#[tokio::test]
async fn every_fault_is_told_apart() {
    let ready = StatusCode::SERVICE_UNAVAILABLE;
    let found = verified(Endpoint { ready, ..SOUND }).await.unwrap_err();
    assert!(
        found.to_string().contains("the snapshot is too old"),
        "{found}"
    );
    assert!(matches!(found, Unsound::NotReady { status: 503, .. }));

    let stranger = StatusCode::OK;
    let found = verified(Endpoint { stranger, ..SOUND }).await.unwrap_err();
    assert_eq!(found, Unsound::Open { status: 200 });

    let stranger = StatusCode::FORBIDDEN;
    let found = verified(Endpoint { stranger, ..SOUND }).await.unwrap_err();
    assert_eq!(found, Unsound::NotRefused { status: 403 });

    let metadata = "https://evil.example.com/";
    let found = verified(Endpoint { metadata, ..SOUND }).await.unwrap_err();
    assert!(matches!(found, Unsound::Challenge { .. }), "{found}");

    let resource = "https://mcp.example.com/t/other/mcp";
    let found = verified(Endpoint { resource, ..SOUND }).await.unwrap_err();
    assert!(matches!(found, Unsound::Resource { .. }), "{found}");

    let mut nobody = target("127.0.0.1:1".parse().unwrap());
    nobody.probes = "http://127.0.0.1:1".to_owned();
    let found = verifier(None).verify(&nobody).await.unwrap_err();
    assert!(matches!(found, Unsound::Unreachable { .. }), "{found}");
}
