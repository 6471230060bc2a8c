//! Raw HTTP, for what no client library would send.

use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use vaultpilot_e2e::House;
use vaultpilot_e2e::chain::client;

/// A POST to the MCP endpoint as an agent would send it.
pub(crate) fn post(house: &House, key: &str) -> RequestBuilder {
    client()
        .post(house.mcp_url())
        .bearer_auth(key)
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", "2025-11-25")
        .header("content-type", "application/json")
}

/// A tools/call and its JSON-RPC answer.
pub(crate) async fn call(house: &House, key: &str, tool: &str, arguments: Value) -> Value {
    let body = json!({
        "jsonrpc": "2.0", "id": 7, "method": "tools/call",
        "params": { "name": tool, "arguments": arguments },
    });
    let response = post(house, key)
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{tool}");
    json_of(response).await
}

/// The one JSON message of an answer, plain or as an event stream.
pub(crate) async fn json_of(response: Response) -> Value {
    let text = response.text().await.unwrap();
    let data = text
        .lines()
        .filter_map(|line| line.strip_prefix("data:"))
        .find(|d| d.trim().len() > 1);
    serde_json::from_str(data.unwrap_or(&text)).unwrap_or_else(|_| panic!("no JSON: {text}"))
}
