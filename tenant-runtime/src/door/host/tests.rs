use axum::http::{HeaderMap, HeaderValue, Uri, header};

use super::Hosts;

fn admits(host: &'static str) -> bool {
    let url = "https://mcp.example.com".parse().unwrap();
    let configured = ["box.lan".to_owned(), "pinned.lan:8443".to_owned()];
    let mut headers = HeaderMap::new();
    headers.insert(header::HOST, HeaderValue::from_static(host));
    Hosts::new(&url, &configured)
        .admit(&Uri::from_static("/t/x/mcp"), &headers)
        .is_ok()
}

#[test]
fn our_names_are_answered() {
    for good in [
        "localhost",
        "LocalHost:8080",
        "127.0.0.1:1",
        "[::1]:8080",
        "mcp.example.com",
        "mcp.example.com:443",
        "box.lan:9",
        "pinned.lan:8443",
    ] {
        assert!(admits(good), "{good}");
    }
}

#[test]
fn other_names_are_not() {
    for bad in [
        "evil.example",
        "localhost.evil.example",
        "evil.example:8080",
        "pinned.lan",
        "pinned.lan:1",
        "localhost@evil.example",
        "evil@localhost",
        "127.0.0.2",
        "0.0.0.0",
        "",
    ] {
        assert!(!admits(bad), "{bad}");
    }
}

#[test]
fn a_request_without_a_name_is_refused() {
    let hosts = Hosts::new(&"http://127.0.0.1:1".parse().unwrap(), &[]);
    let nameless = hosts.admit(&Uri::from_static("/"), &HeaderMap::new());
    assert!(nameless.is_err());
    let mut two = HeaderMap::new();
    two.append(header::HOST, HeaderValue::from_static("localhost"));
    two.append(header::HOST, HeaderValue::from_static("localhost"));
    assert!(hosts.admit(&Uri::from_static("/"), &two).is_err());
    let mut rebound = HeaderMap::new();
    rebound.insert(header::HOST, HeaderValue::from_static("localhost"));
    let elsewhere = Uri::from_static("http://evil.example/t/x/mcp");
    assert!(hosts.admit(&elsewhere, &rebound).is_err());
}
