//! Who is let in, and what strangers are told.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use reqwest::{Method, RequestBuilder, StatusCode, header};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use vaultpilot_ports::Fault;

use crate::house::KEY;
use crate::wire::{Endpoint, MAX_BODY};

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

/// Sends, and expects a typed refusal.
async fn refused(request: RequestBuilder, status: StatusCode, code: &str) -> header::HeaderMap {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), status, "{code}");
    let headers = response.headers().clone();
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["error"]["code"], code, "{body}");
    assert!(
        body["error"]["message"]
            .as_str()
            .is_some_and(|text| !text.is_empty()),
        "{body}"
    );
    headers
}

#[tokio::test]
async fn a_key_opens_and_is_asked_from_where() {
    let endpoint = Endpoint::new().await;
    let response = endpoint.post().body(LIST).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let loopback = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    assert_eq!(*endpoint.house.ips.lock().unwrap(), [loopback]);
}

#[tokio::test]
async fn every_stranger_gets_the_same_401() {
    let endpoint = Endpoint::new().await;
    let wrong = format!("{KEY}x");
    let elsewhere = endpoint.url().replace("/t/default/", "/t/nobody/");
    let other = |request: RequestBuilder| request.body(LIST);
    let queried = format!("{}?access_token={KEY}&key={KEY}", endpoint.url());
    let client = crate::wire::client();
    let strangers = [
        ("no key", other(endpoint.stranger())),
        ("wrong key", other(endpoint.stranger().bearer_auth(wrong))),
        (
            "basic",
            other(endpoint.stranger().basic_auth(KEY, Some(KEY))),
        ),
        ("two keys", other(endpoint.post().bearer_auth(KEY))),
        (
            "other header",
            other(endpoint.stranger().header("x-api-key", KEY)),
        ),
        ("query", client.post(queried).body(LIST)),
        (
            "unknown tenant",
            client.post(&elsewhere).bearer_auth(KEY).body(LIST),
        ),
    ];
    let mut bodies = Vec::new();
    for (name, request) in strangers {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{name}");
        let challenge = response.headers()["www-authenticate"]
            .to_str()
            .unwrap()
            .to_owned();
        let tenant = if name == "unknown tenant" {
            "nobody"
        } else {
            "default"
        };
        let metadata = format!(
            "resource_metadata=\"{}/.well-known/oauth-protected-resource/t/{tenant}/mcp\"",
            endpoint.base
        );
        assert!(challenge.starts_with("Bearer "), "{name}: {challenge}");
        assert!(challenge.contains(&metadata), "{name}: {challenge}");
        assert!(
            challenge.contains("scope=\"wallet:read wallet:write"),
            "{name}: {challenge}"
        );
        bodies.push(response.text().await.unwrap());
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert_eq!(endpoint.house.count(), 0);
}

#[tokio::test]
async fn a_tenant_name_that_is_none_is_not_repeated() {
    let endpoint = Endpoint::new().await;
    for name in ["NOBODY", "%0d%0aset-cookie:x", "a%22b", "%ff"] {
        let url = endpoint
            .url()
            .replace("/t/default/", &format!("/t/{name}/"));
        let request = crate::wire::client().post(url).bearer_auth(KEY).body(LIST);
        let headers = refused(request, StatusCode::UNAUTHORIZED, "unauthenticated").await;
        let challenge = headers["www-authenticate"].to_str().unwrap();
        assert!(!challenge.contains("resource_metadata"), "{challenge}");
        assert!(!headers.contains_key("set-cookie"));
    }
}

#[tokio::test]
async fn get_and_delete_are_refused_behind_the_same_key() {
    let endpoint = Endpoint::new().await;
    for method in [Method::GET, Method::DELETE, Method::PUT, Method::OPTIONS] {
        let stranger = endpoint.bare(method.clone());
        refused(stranger, StatusCode::UNAUTHORIZED, "unauthenticated").await;
        let known = endpoint.bare(method.clone()).bearer_auth(KEY);
        let headers = refused(known, StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed").await;
        assert_eq!(headers["allow"], "POST", "{method}");
    }
}

#[tokio::test]
async fn foreign_pages_and_names_are_turned_away_before_the_key_is_looked_at() {
    let endpoint = Endpoint::new().await;
    for origin in ["https://evil.example", "null", "http://localhost:1"] {
        let page = endpoint.post().header("origin", origin).body(LIST);
        refused(page, StatusCode::FORBIDDEN, "origin_not_allowed").await;
    }
    for host in ["evil.example", "evil.example:80", "localhost.evil.example"] {
        let rebound = endpoint.post().header("host", host).body(LIST);
        refused(rebound, StatusCode::FORBIDDEN, "host_not_allowed").await;
    }
    assert!(
        endpoint.house.ips.lock().unwrap().is_empty(),
        "nobody was authenticated"
    );
    for origin in [endpoint.base.as_str(), "https://console.example.com"] {
        let page = endpoint.post().header("origin", origin).body(LIST);
        assert_eq!(
            page.send().await.unwrap().status(),
            StatusCode::OK,
            "{origin}"
        );
    }
    let named = endpoint.post().header("host", "box.lan:99").body(LIST);
    assert_eq!(named.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn the_metadata_is_where_the_challenge_says() {
    let endpoint = Endpoint::new().await;
    let path = "/.well-known/oauth-protected-resource/t/default/mcp";
    let found: Value = endpoint
        .get(path)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(found["resource"], endpoint.url());
    assert_eq!(found["bearer_methods_supported"], json!(["header"]));
    assert_eq!(found["scopes_supported"].as_array().unwrap().len(), 6);
    assert_eq!(found["scopes_supported"][0], "wallet:read");
    assert!(found.get("authorization_servers").is_none(), "{found}");

    // The same server under another of its names is another resource.
    let seen: Value = endpoint
        .get(path)
        .header("host", "localhost:4242")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(seen["resource"], "http://localhost:4242/t/default/mcp");

    for nothing in [
        "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-protected-resource/mcp",
        "/.well-known/oauth-protected-resource/t/NOBODY/mcp",
        "/t/default",
        "/mcp",
    ] {
        let response = endpoint.get(nothing).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{nothing}");
    }
    let rebound = endpoint.get(path).header("host", "evil.example");
    refused(rebound, StatusCode::FORBIDDEN, "host_not_allowed").await;
}

#[tokio::test]
async fn bodies_have_a_size() {
    let endpoint = Endpoint::new().await;
    let big = format!("{{\"jsonrpc\":\"2.0\",\"x\":\"{}\"}}", "x".repeat(MAX_BODY));
    let request = endpoint.post().body(big.clone());
    refused(request, StatusCode::PAYLOAD_TOO_LARGE, "body_too_large").await;
    // No length told, so the bytes are counted.
    let chunks: Vec<Result<Vec<u8>, std::io::Error>> = big
        .as_bytes()
        .chunks(1000)
        .map(|chunk| Ok(chunk.to_vec()))
        .collect();
    let stream = reqwest::Body::wrap_stream(futures::stream::iter(chunks));
    let request = endpoint.post().body(stream);
    refused(request, StatusCode::PAYLOAD_TOO_LARGE, "body_too_large").await;
    // So much that the answer comes while the client still sends.
    for _ in 0..20 {
        let request = endpoint.post().body("x".repeat(5 << 20));
        refused(request, StatusCode::PAYLOAD_TOO_LARGE, "body_too_large").await;
    }
    assert_eq!(endpoint.house.count(), 0);
    // A stranger's body is not even read.
    let stranger = endpoint.stranger().body(big);
    refused(stranger, StatusCode::UNAUTHORIZED, "unauthenticated").await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let endpoint = Endpoint::new().await;
    let address = endpoint.base.trim_start_matches("http://");
    let mut socket = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /t/default/mcp HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {KEY}\r\n\
         content-type: application/json\r\naccept: application/json, text/event-stream\r\n\
         content-length: 100\r\n\r\n{{"
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let read = socket.read_to_string(&mut answer);
    tokio::time::timeout(Duration::from_secs(10), read)
        .await
        .unwrap()
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("body_too_slow"), "{answer}");
}

#[tokio::test]
async fn media_types_are_asked_for() {
    let endpoint = Endpoint::new().await;
    let bare = || endpoint.bare(Method::POST).bearer_auth(KEY).body(LIST);
    let both = "application/json, text/event-stream";
    let unsupported = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    let plain = bare()
        .header("accept", both)
        .header("content-type", "text/plain");
    refused(plain, unsupported, "unsupported_media_type").await;
    let typeless = bare().header("accept", both);
    refused(typeless, unsupported, "unsupported_media_type").await;
    let unread = bare()
        .header("accept", "application/json")
        .header("content-type", "application/json");
    refused(unread, StatusCode::NOT_ACCEPTABLE, "not_acceptable").await;
}

#[tokio::test]
async fn a_house_that_cannot_answer_says_so() {
    let endpoint = Endpoint::new().await;
    let away = Fault::unavailable("store_unavailable", "the store does not answer; try again");
    *endpoint.house.locked.lock().unwrap() = Some(away);
    let request = endpoint.post().body(LIST);
    let headers = refused(request, StatusCode::SERVICE_UNAVAILABLE, "unavailable").await;
    assert_eq!(headers["retry-after"], "1");
    let broken = Fault::Internal {
        reference: "keys".to_owned(),
    };
    *endpoint.house.locked.lock().unwrap() = Some(broken);
    let request = endpoint.post().body(LIST);
    refused(request, StatusCode::INTERNAL_SERVER_ERROR, "internal").await;
}
