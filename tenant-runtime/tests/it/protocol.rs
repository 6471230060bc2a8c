//! Both revisions at one URL, and what is no message at all.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use vaultpilot_ports::Fault;

use crate::house::KEY;
use crate::wire::Endpoint;

fn initialize(version: &str) -> Value {
    json!({
        "protocolVersion": version, "capabilities": {},
        "clientInfo": { "name": "test", "version": "1" },
    })
}

#[tokio::test]
async fn the_older_revision_begins_with_initialize_and_keeps_no_session() {
    let endpoint = Endpoint::new().await;
    let message = json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": initialize("2025-11-25"),
    });
    let response = endpoint
        .post()
        .body(message.to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(!response.headers().contains_key("mcp-session-id"));
    let greeted: Value = response.json().await.unwrap();
    let result = &greeted["result"];
    assert_eq!(result["protocolVersion"], "2025-11-25");
    assert_eq!(result["serverInfo"]["name"], "vaultpilot");
    assert_eq!(result["serverInfo"]["version"], "1.2.3");
    for capability in ["tools", "resources", "prompts"] {
        assert!(
            result["capabilities"][capability].is_object(),
            "{capability}: {greeted}"
        );
    }
    assert!(result["capabilities"].get("logging").is_none(), "{greeted}");
    assert!(
        result["instructions"]
            .as_str()
            .unwrap()
            .contains("SAME request_id")
    );

    let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    let response = endpoint
        .post()
        .body(ready.to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::ACCEPTED);
    assert_eq!(endpoint.rpc("ping", json!({})).await["result"], json!({}));
}

#[tokio::test]
async fn the_newer_revision_needs_no_initialize() {
    let endpoint = Endpoint::new().await;
    let response = endpoint.modern("server/discover", json!({})).await;
    assert_eq!(response.status(), StatusCode::OK);
    let found: Value = response.json().await.unwrap();
    let versions = found["result"]["supportedVersions"].as_array().unwrap();
    assert!(versions.contains(&json!("2026-07-28")), "{found}");
    assert!(versions.contains(&json!("2025-11-25")), "{found}");
    assert_eq!(found["result"]["cacheScope"], "private");

    let listed: Value = endpoint
        .modern("tools/list", json!({}))
        .await
        .json()
        .await
        .unwrap();
    let result = &listed["result"];
    assert_eq!(result["resultType"], "complete");
    assert_eq!(result["cacheScope"], "private");
    assert!(result["ttlMs"].is_u64(), "{result}");

    let call = json!({ "name": "get_capabilities", "arguments": {} });
    let called: Value = endpoint
        .modern("tools/call", call)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(called["result"]["structuredContent"]["version"], "1.2.3");
}

#[tokio::test]
async fn the_newer_revision_has_no_initialize() {
    let endpoint = Endpoint::new().await;
    let response = endpoint.modern("initialize", json!({})).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    let told: Value = response.json().await.unwrap();
    assert_eq!(told["error"]["code"], -32601, "{told}");
}

#[tokio::test]
async fn headers_that_contradict_the_message_are_refused() {
    let endpoint = Endpoint::new().await;
    let message = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {
        "name": "transfer", "arguments": {}, "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": {},
        },
    }});
    let response = endpoint
        .bare(Method::POST)
        .bearer_auth(KEY)
        .header("accept", "application/json, text/event-stream")
        .header("content-type", "application/json")
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "tools/call")
        .header("mcp-name", "get_wallet")
        .body(message.to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let told: Value = response.json().await.unwrap();
    assert_eq!(told["error"]["code"], -32020, "{told}");
    assert_eq!(endpoint.house.count(), 0);
}

#[tokio::test]
async fn an_unknown_revision_is_a_typed_error() {
    let endpoint = Endpoint::new().await;
    let request = endpoint.bare(Method::POST).bearer_auth(KEY);
    let response = request
        .header("accept", "application/json, text/event-stream")
        .header("content-type", "application/json")
        .header("mcp-protocol-version", "1999-01-01")
        .body(r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let told: Value = response.json().await.unwrap();
    assert_eq!(told["error"]["code"], -32600, "{told}");
    assert!(
        told["error"]["message"]
            .as_str()
            .unwrap()
            .contains("1999-01-01"),
        "{told}"
    );
}

#[tokio::test]
async fn what_is_no_json_is_a_parse_error_and_what_is_no_message_an_invalid_request() {
    let endpoint = Endpoint::new().await;
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let cases: [(&str, i64); 12] = [
        ("", -32700),
        ("{", -32700),
        (
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"",
            -32700,
        ),
        ("\u{0}", -32700),
        (&deep, -32700),
        ("[]", -32600),
        (
            "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}]",
            -32600,
        ),
        ("\"tools\"", -32600),
        ("null", -32600),
        ("{\"jsonrpc\":\"1.0\",\"id\":9,\"method\":\"x\"}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":9}", -32600),
        (
            "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"tools/call\",\"params\":[]}",
            -32600,
        ),
    ];
    for (body, code) in cases {
        let response = endpoint.post().body(body.to_owned()).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{body:.80}");
        assert_eq!(response.headers()["content-type"], "application/json");
        let told: Value = response.json().await.unwrap();
        assert_eq!(told["jsonrpc"], "2.0", "{body:.80}");
        assert_eq!(told["error"]["code"], code, "{body:.80}: {told}");
        if body.contains("\"id\":9") {
            assert_eq!(told["id"], 9, "{told}");
        }
    }
    assert_eq!(endpoint.house.count(), 0);
}

#[tokio::test]
async fn unknown_methods_and_tools_have_the_codes_of_json_rpc() {
    let endpoint = Endpoint::new().await;
    let code = |answer: &Value| answer["error"]["code"].as_i64();
    assert_eq!(
        code(&endpoint.rpc("wallets/drain", json!({})).await),
        Some(-32601)
    );
    let unknown = endpoint
        .rpc("tools/call", json!({ "name": "steal_everything" }))
        .await;
    assert_eq!(code(&unknown), Some(-32602), "{unknown}");
    for params in [json!({}), json!({ "name": 7 })] {
        let answer = endpoint.rpc("tools/call", params.clone()).await;
        assert_eq!(code(&answer), Some(-32602), "{params}: {answer}");
    }
    let arguments = json!({ "name": "get_wallet", "arguments": ["treasury"] });
    let answer = endpoint.rpc("tools/call", arguments).await;
    assert_eq!(code(&answer), Some(-32602), "{answer}");
    let answer = endpoint.rpc("initialize", json!({})).await;
    assert_eq!(code(&answer), Some(-32602), "{answer}");
    for method in [
        "tools/list",
        "resources/list",
        "prompts/list",
        "resources/templates/list",
    ] {
        let answer = endpoint.rpc(method, json!({ "cursor": "more" })).await;
        assert_eq!(code(&answer), Some(-32602), "{method}: {answer}");
    }
    assert_eq!(endpoint.house.count(), 0);
}

#[tokio::test]
async fn the_context_is_a_resource_under_the_same_gate() {
    let endpoint = Endpoint::new().await;
    let listed = endpoint.rpc("resources/list", json!({})).await;
    let uri = listed["result"]["resources"][0]["uri"].clone();
    assert_eq!(uri, "vaultpilot://context");
    let read = endpoint.rpc("resources/read", json!({ "uri": uri })).await;
    let text = read["result"]["contents"][0]["text"].as_str().unwrap();
    let context: Value = serde_json::from_str(text).unwrap();
    let told = endpoint.call("get_capabilities", json!({})).await;
    assert_eq!(context, told["structuredContent"]);
    assert_eq!(endpoint.house.last().0, "admit");

    let unknown = json!({ "uri": "vaultpilot://keys" });
    let old = endpoint.rpc("resources/read", unknown.clone()).await;
    assert_eq!(old["error"]["code"], -32002, "{old}");
    let new: Value = endpoint
        .modern("resources/read", unknown)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(new["error"]["code"], -32602, "{new}");

    *endpoint.house.fault.lock().unwrap() = Some(Fault::Forbidden);
    let denied = endpoint.rpc("resources/read", json!({ "uri": uri })).await;
    assert_eq!(denied["error"]["data"]["code"], "forbidden", "{denied}");
    let denied = endpoint.rpc("tools/list", json!({})).await;
    assert_eq!(denied["error"]["code"], -32600, "{denied}");
}

#[tokio::test]
async fn prompts_are_words_with_the_arguments_given() {
    let endpoint = Endpoint::new().await;
    let listed = endpoint.rpc("prompts/list", json!({})).await;
    let prompts = listed["result"]["prompts"].as_array().unwrap();
    let names: Vec<_> = prompts
        .iter()
        .map(|prompt| prompt["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["wallet_status", "safe_transfer", "explain_denial"]);
    let get = |name: &str, arguments: Value| {
        let params = json!({ "name": name, "arguments": arguments });
        let endpoint = &endpoint;
        async move { endpoint.rpc("prompts/get", params).await }
    };
    let whole = json!({ "wallet": "treasury", "to": "0xabc", "amount": "0.5" });
    let told = get("safe_transfer", whole.clone()).await;
    let text = told["result"]["messages"][0]["content"]["text"]
        .as_str()
        .unwrap();
    assert!(
        text.contains("Pay 0.5 of asset native from wallet treasury to 0xabc"),
        "{text}"
    );
    for name in ["wallet_status", "explain_denial"] {
        assert!(get(name, json!({})).await["result"].is_object(), "{name}");
    }
    let mut extra = whole.clone();
    extra["secret"] = json!("x");
    let mut long = whole;
    long["to"] = json!("x".repeat(500));
    for (name, arguments) in [
        ("nothing", json!({})),
        ("safe_transfer", json!({})),
        ("safe_transfer", extra),
        ("safe_transfer", long),
        ("wallet_status", json!({ "wallet": "a\nb" })),
    ] {
        let told = get(name, arguments).await;
        assert_eq!(told["error"]["code"], -32602, "{name}: {told}");
    }
}
