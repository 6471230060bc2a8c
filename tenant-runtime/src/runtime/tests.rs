use axum::http::uri::Authority;

use super::PublicUrl;

#[test]
fn a_public_url_is_an_origin_and_nothing_more() {
    for good in [
        "http://127.0.0.1:8080",
        "https://mcp.example.com",
        "https://mcp.example.com/",
    ] {
        let url: PublicUrl = good.parse().unwrap();
        assert_eq!(url.to_string(), good.trim_end_matches('/'));
    }
    for bad in [
        "",
        "mcp.example.com",
        "ftp://mcp.example.com",
        "https://mcp.example.com/t",
        "/x",
    ] {
        assert!(bad.parse::<PublicUrl>().is_err(), "{bad}");
    }
}

#[test]
fn a_resource_is_called_what_the_client_typed() {
    let url: PublicUrl = "https://mcp.example.com".parse().unwrap();
    let seen = |host: &'static str| url.seen_as(&Authority::from_static(host)).to_string();
    assert_eq!(seen("mcp.example.com"), "https://mcp.example.com");
    assert_eq!(seen("other.example.com"), "https://other.example.com");
    assert_eq!(seen("localhost:8080"), "http://localhost:8080");
}
