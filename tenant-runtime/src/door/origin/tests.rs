use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, header};

use super::Origins;

fn admits(origins: &[&'static str], host: &'static str) -> bool {
    let url = "https://mcp.example.com".parse().unwrap();
    let mut headers = HeaderMap::new();
    for origin in origins {
        headers.append(header::ORIGIN, HeaderValue::from_static(origin));
    }
    Origins::new(&url, &["https://console.example.com/".to_owned()])
        .admit(&headers, &Authority::from_static(host))
        .is_ok()
}

#[test]
fn no_origin_and_our_own_pass() {
    assert!(admits(&[], "mcp.example.com"));
    assert!(admits(&["https://mcp.example.com"], "mcp.example.com"));
    assert!(admits(&["https://console.example.com"], "mcp.example.com"));
    assert!(admits(&["http://localhost:8080"], "localhost:8080"));
}

#[test]
fn foreign_pages_do_not() {
    for foreign in [
        "null",
        "",
        "https://evil.example",
        "http://localhost:3000",
        "http://localhost",
        "https://mcp.example.com.evil.example",
        "https://console.example.com:8443",
        "localhost:8080",
    ] {
        assert!(!admits(&[foreign], "localhost:8080"), "{foreign}");
    }
    let twice = ["http://localhost:8080", "http://localhost:8080"];
    assert!(!admits(&twice, "localhost:8080"));
}
