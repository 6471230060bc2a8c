//! A key is in no log line, however much is logged.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use reqwest::StatusCode;
use serde_json::json;
use tracing_subscriber::EnvFilter;

use crate::house::KEY;
use crate::wire::Endpoint;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

// One thread, so that the subscriber of this thread hears the server as well.
#[tokio::test(flavor = "current_thread")]
async fn no_key_is_logged_even_at_trace() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("rmcp=trace,vaultpilot_tenant_runtime=trace"))
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let endpoint = Endpoint::new().await;
    endpoint.call("get_capabilities", json!({})).await;
    endpoint.call("get_wallet", json!({ "wallet": 7 })).await;
    let called = json!({ "name": "get_wallet", "arguments": { "wallet": "treasury" } });
    let modern = endpoint.modern("tools/call", called).await;
    assert_eq!(modern.status(), StatusCode::OK);
    let wrong = endpoint
        .stranger()
        .bearer_auth(format!("{KEY}wrong"))
        .body("{}");
    assert_eq!(
        wrong.send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
    let broken = endpoint.post().body("{").send().await.unwrap();
    assert_eq!(broken.status(), StatusCode::BAD_REQUEST);
    drop(guard);

    let log = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(
        log.contains("rmcp::service"),
        "the transport's lines are heard"
    );
    assert!(log.contains("tool was called"), "and ours");
    assert!(log.contains("treasury"), "with what was asked");
    assert!(!log.contains(KEY), "{log}");
    assert!(!log.contains(&KEY[8..]), "{log}");
}
