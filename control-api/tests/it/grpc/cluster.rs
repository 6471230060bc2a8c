//! A Kubernetes API server that knows one operation: it reviews tokens, over HTTPS.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::task::TaskTracker;

use super::authority::Issued;

/// What the control plane shows of itself.
pub(super) const OWN_TOKEN: &str = "own.token.of-control-api";

#[derive(Clone, Default)]
pub(super) struct Cluster(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    /// Username and audience of each token.
    tokens: HashMap<String, (String, String)>,
    down: bool,
    reviews: usize,
}

impl Cluster {
    pub(super) fn knows(&self, token: &str, username: &str, audience: &str) {
        let whose = (username.to_owned(), audience.to_owned());
        self.0
            .lock()
            .unwrap()
            .tokens
            .insert(token.to_owned(), whose);
    }

    pub(super) fn forgets(&self, token: &str) {
        self.0.lock().unwrap().tokens.remove(token);
    }

    pub(super) fn is_down(&self, down: bool) {
        self.0.lock().unwrap().down = down;
    }

    pub(super) fn reviews(&self) -> usize {
        self.0.lock().unwrap().reviews
    }

    /// Listens on a port of its own.
    pub(super) async fn serve(&self, identity: &Issued, tasks: &TaskTracker) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let chain = vec![CertificateDer::from_pem_slice(identity.cert.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
        let config = rustls::ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let listener = Tls {
            listener,
            acceptor: TlsAcceptor::from(Arc::new(config)),
        };
        let router = Router::new()
            .route("/apis/authentication.k8s.io/v1/tokenreviews", post(review))
            .with_state(self.clone());
        tasks.spawn(async move { axum::serve(listener, router).await });
        at
    }
}

async fn review(
    State(cluster): State<Cluster>,
    headers: HeaderMap,
    Json(review): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let mut known = cluster.0.lock().unwrap();
    known.reviews += 1;
    if known.down {
        return (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({})));
    }
    if headers["authorization"] != format!("Bearer {OWN_TOKEN}") {
        return (StatusCode::FORBIDDEN, Json(json!({})));
    }
    assert_eq!(review["kind"], "TokenReview");
    let token = review["spec"]["token"].as_str().unwrap();
    let wanted = review["spec"]["audiences"][0].as_str().unwrap();
    let status = match known.tokens.get(token) {
        Some((username, audience)) if audience == wanted => json!({
            "authenticated": true,
            "user": { "username": username, "uid": "1", "groups": ["system:serviceaccounts"] },
            "audiences": [audience],
        }),
        // As the real one says of a token for somebody else.
        Some(_) => json!({ "error": "token audiences are invalid for the target audiences" }),
        None => json!({ "error": "invalid bearer token" }),
    };
    let answer = json!({
        "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "status": status,
    });
    (StatusCode::CREATED, Json(answer))
}

struct Tls {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl axum::serve::Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let (stream, from) = self.listener.accept().await.unwrap();
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, from);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}
