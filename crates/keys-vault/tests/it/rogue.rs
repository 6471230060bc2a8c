//! Servers that are no Vault, or a broken one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use vaultpilot_keys_vault::{VaultAuth, VaultRoots};
use vaultpilot_ports::keys::{KeyError, RootHealth, RootWrapper as _};

use crate::ground::{management, options, unavailable};

const TOKEN: &str = "s.hunter2";
const LIFE: &str = r#"{"data":{"ttl":0}}"#;

struct Rogue {
    roots: VaultRoots,
    asked: Arc<AtomicUsize>,
    _folder: tempfile::TempDir,
    _running: JoinSet<()>,
}

/// Looks tokens up as it should, and answers the rest with this. The number is how often it was
/// asked before.
async fn rogue(
    answer: impl Fn(usize, &Request) -> Response + Clone + Send + Sync + 'static,
) -> Rogue {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let handle = move |request: Request| {
        let response = if request.uri().path().ends_with("/lookup-self") {
            LIFE.into_response()
        } else {
            answer(count.fetch_add(1, Ordering::SeqCst), &request)
        };
        std::future::ready(response)
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(handle);
    let mut running = JoinSet::new();
    running.spawn(async move { axum::serve(listener, router).await.unwrap() });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, TOKEN).unwrap();
    let mut options = options(&address, VaultAuth::Token { file });
    options.timeout = Duration::from_secs(5);
    Rogue {
        roots: VaultRoots::new(&options).unwrap(),
        asked,
        _folder: folder,
        _running: running,
    }
}

impl Rogue {
    async fn check(&self) -> Result<RootHealth, KeyError> {
        let management = management("transit", "tenant-acme");
        self.roots.wrapper().check(&management).await
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn an_answer_that_is_none_is_not_believed() {
    let sealed = "vault:v1:".to_owned() + &"A".repeat(80);
    for body in [
        String::new(),
        "<html>welcome</html>".to_owned(),
        r#"{"data":{}}"#.to_owned(),
        r#"{"data":{"ciphertext":"s.hunter2"}}"#.to_owned(),
        format!(r#"{{"data":{{"ciphertext":"{}"}}}}"#, "vault:v1:AAAA"),
        // One byte more than is read.
        " ".repeat(64 * 1024 + 1),
    ] {
        let rogue = rogue(move |_, _| body.clone().into_response()).await;
        let detail = unavailable(rogue.check().await);
        assert!(!detail.contains("hunter2"), "{detail}");
    }
    // One that encrypts whatever it is given, also what it must not.
    let body = format!(r#"{{"data":{{"ciphertext":"{sealed}"}}}}"#);
    let rogue = rogue(move |_, _| body.clone().into_response()).await;
    let refused = rogue.check().await.unwrap_err();
    assert_eq!(refused.code(), "key_provider_denied");
}

#[tokio::test]
async fn a_server_that_stumbles_is_asked_three_times() {
    for status in [412, 500, 502, 599] {
        let rogue = rogue(move |_, _| StatusCode::from_u16(status).unwrap().into_response()).await;
        let detail = unavailable(rogue.check().await);
        assert!(
            detail.ends_with(&format!("answered with status {status}")),
            "{detail}"
        );
        assert_eq!(rogue.asked(), 3);
    }
}

#[tokio::test]
async fn a_server_out_of_service_is_asked_whether_it_is_sealed() {
    let healths: [(&'static str, _, usize); 4] = [
        (
            r#"{"initialized":true,"sealed":true}"#,
            KeyError::ProviderSealed.code(),
            2,
        ),
        (
            r#"{"initialized":false,"sealed":true}"#,
            "key_provider_unavailable",
            2,
        ),
        (
            r#"{"initialized":true,"sealed":false}"#,
            "key_provider_unavailable",
            6,
        ),
        ("", "key_provider_unavailable", 6),
    ];
    for (health, code, asked) in healths {
        let rogue = rogue(move |_, request| {
            let about_health = request.uri().path() == "/v1/sys/health";
            assert_eq!(
                request.headers().contains_key("x-vault-token"),
                !about_health
            );
            let body = if about_health {
                health
            } else {
                r#"{"errors":["away"]}"#
            };
            (StatusCode::SERVICE_UNAVAILABLE, body).into_response()
        })
        .await;
        assert_eq!(rogue.check().await.unwrap_err().code(), code, "{health}");
        assert_eq!(rogue.asked(), asked, "{health}");
    }
}

#[tokio::test]
async fn nobody_leads_elsewhere() {
    let rogue = rogue(|_, _| {
        let elsewhere = [(header::LOCATION, "http://127.0.0.1:1/v1/transit")];
        (StatusCode::TEMPORARY_REDIRECT, elsewhere).into_response()
    })
    .await;
    let detail = unavailable(rogue.check().await);
    assert!(detail.contains("redirects elsewhere"), "{detail}");
    assert_eq!(rogue.asked(), 1);
}

#[tokio::test]
async fn what_a_server_repeats_is_not_passed_on() {
    for status in [400, 403, 404, 418, 500] {
        let rogue = rogue(move |_, request| {
            let token = request.headers()["x-vault-token"].to_str().unwrap();
            assert_eq!(token, TOKEN);
            let body = format!(r#"{{"errors":["{token} is not allowed"]}}"#);
            (StatusCode::from_u16(status).unwrap(), body).into_response()
        })
        .await;
        let error = rogue.check().await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
}
