//! The endpoint on a socket, and raw HTTP for what no client library would send.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use vaultpilot_tenant_runtime::{CallRecord, Limits, Listening, Runtime, router, serve};
use vaultpilot_testkit::FakeChain;

use crate::house::{House, KEY, TENANT};

pub(crate) const MAX_BODY: usize = 16 * 1024;

/// One line of what the observer heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) tenant: String,
    pub(crate) agent: String,
    pub(crate) tool: String,
    pub(crate) wallet: Option<String>,
    pub(crate) outcome: String,
    pub(crate) detail: String,
}

pub(crate) struct Endpoint {
    pub(crate) house: Arc<House>,
    pub(crate) chain: FakeChain,
    pub(crate) heard: Arc<Mutex<Vec<Heard>>>,
    pub(crate) base: String,
    http: reqwest::Client,
    server: JoinSet<()>,
}

pub(crate) fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(20));
    client.build().unwrap()
}

impl Endpoint {
    pub(crate) async fn new() -> Self {
        Self::listening(Listening::default()).await
    }

    pub(crate) async fn listening(listening: Listening) -> Self {
        Self::until(listening, std::future::pending()).await
    }

    /// Ends when `shutdown` does, and everybody is answered.
    pub(crate) async fn until(
        listening: Listening,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let house = Arc::new(House::new());
        let chain = FakeChain::new();
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let ears = heard.clone();
        let runtime = Runtime {
            control: house.clone(),
            chain: Arc::new(chain.clone()),
            observer: Arc::new(move |call: &CallRecord<'_>| ears.lock().unwrap().push(hear(call))),
            public_url: base.parse().unwrap(),
            allowed_hosts: vec!["box.lan".to_owned()],
            allowed_origins: vec!["https://console.example.com".to_owned()],
            authorization_servers: Vec::new(),
            limits: Limits {
                max_body_bytes: MAX_BODY,
                body_timeout: Duration::from_secs(2),
            },
            version: "1.2.3",
        };
        let mut server = JoinSet::new();
        server.spawn(async move {
            serve(listener, router(runtime), listening, shutdown)
                .await
                .unwrap();
        });
        Self {
            house,
            chain,
            heard,
            base,
            http: client(),
            server,
        }
    }

    /// Waits until the server has ended.
    pub(crate) async fn ended(mut self) {
        self.server.join_next().await.unwrap().unwrap();
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/t/{TENANT}/mcp", self.base)
    }

    /// A request to the endpoint with nothing on it.
    pub(crate) fn bare(&self, method: Method) -> RequestBuilder {
        self.http.request(method, self.url())
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.base))
    }

    /// A POST without a key, as a client would send it.
    pub(crate) fn stranger(&self) -> RequestBuilder {
        self.bare(Method::POST)
            .header("accept", "application/json, text/event-stream")
            .header("content-type", "application/json")
            .header("mcp-protocol-version", "2025-11-25")
    }

    pub(crate) fn post(&self) -> RequestBuilder {
        self.stranger().bearer_auth(KEY)
    }

    /// A JSON-RPC request on 2025-11-25.
    pub(crate) async fn rpc(&self, method: &str, params: Value) -> Value {
        let message = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
        let response = self.post().body(message.to_string()).send().await.unwrap();
        let status = response.status();
        assert_eq!(
            status,
            StatusCode::OK,
            "{message}: {}",
            response.text().await.unwrap()
        );
        response.json().await.unwrap()
    }

    /// A JSON-RPC request on 2026-07-28, which says so itself.
    pub(crate) async fn modern(&self, method: &str, mut params: Value) -> Response {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let mut request = self
            .bare(Method::POST)
            .bearer_auth(KEY)
            .header("accept", "application/json, text/event-stream")
            .header("content-type", "application/json")
            .header("mcp-protocol-version", "2026-07-28")
            .header("mcp-method", method);
        if let Some(name) = params["name"].as_str().or(params["uri"].as_str()) {
            request = request.header("mcp-name", name);
        }
        let message = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
        request.body(message.to_string()).send().await.unwrap()
    }

    /// A tool call's result.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Value {
        let params = json!({ "name": tool, "arguments": arguments });
        let answer = self.rpc("tools/call", params).await;
        assert!(answer["result"].is_object(), "{tool}: {answer}");
        answer["result"].clone()
    }
}

fn hear(call: &CallRecord<'_>) -> Heard {
    Heard {
        tenant: call.tenant.to_string(),
        agent: call.caller.name().to_owned(),
        tool: call.tool.name().to_owned(),
        wallet: call.wallet.map(str::to_owned),
        outcome: call.outcome.to_owned(),
        detail: call.detail.to_owned(),
    }
}
