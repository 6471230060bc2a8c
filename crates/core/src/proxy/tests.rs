use std::net::IpAddr;

use super::client_address;

/// Trusts 10.0.0.0/8 and `::1`.
fn trusts(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.octets()[0] == 10,
        IpAddr::V6(address) => address.is_loopback(),
    }
}

fn resolve(peer: &str, forwarded: &[&str]) -> Option<String> {
    let lines = forwarded.iter().map(|line| line.as_bytes());
    client_address(peer.parse().unwrap(), lines, trusts).map(|address| address.to_string())
}

#[test]
fn the_caller_is_the_first_address_from_the_right_that_is_no_proxy_of_ours() {
    let cases: [(&str, &[&str], &str); 15] = [
        ("203.0.113.9", &[], "203.0.113.9"),
        // A stranger says what it likes.
        ("203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
        ("203.0.113.9", &["no address"], "203.0.113.9"),
        ("203.0.113.9", &["10.0.0.1, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", &[" 198.51.100.1\t"], "198.51.100.1"),
        // What the caller wrote itself stands to the left of what the proxy added.
        ("10.0.0.1", &["192.0.2.7, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", &["unknown, 198.51.100.1"], "198.51.100.1"),
        (
            "10.0.0.1",
            &["198.51.100.1, 10.0.0.3, 10.0.0.2"],
            "198.51.100.1",
        ),
        // Several headers are one list.
        (
            "10.0.0.1",
            &["192.0.2.7", "198.51.100.1", "10.0.0.2"],
            "198.51.100.1",
        ),
        ("10.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
        ("::1", &["[2001:db8::1]:4711"], "2001:db8::1"),
        ("::1", &["[2001:db8::1]"], "2001:db8::1"),
        // IPv4 in the dress of IPv6.
        ("::ffff:10.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1"),
        // Nobody else was involved.
        ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
    ];
    for (peer, forwarded, expected) in cases {
        let resolved = resolve(peer, forwarded);
        assert_eq!(resolved.as_deref(), Some(expected), "{peer} {forwarded:?}");
    }
    assert_eq!(resolve("10.0.0.1", &[]).as_deref(), Some("10.0.0.1"));
}

#[test]
fn what_is_no_address_is_nobody() {
    for last in [
        "",
        "unknown",
        "198.51.100.1,",
        ",",
        "198.51.100.1 10.0.0.2",
        "198.51.100",
        "198.51.100.256",
        "198.51.100.1:99999",
        "[198.51.100.1]",
        "[2001:db8::1",
        "2001:db8::1]",
        "_hidden",
        "for=198.51.100.1",
        "198.51.100.1, nonsense, 10.0.0.2",
        "\u{661}98.51.100.1",
    ] {
        assert_eq!(resolve("10.0.0.1", &[last]), None, "{last:?}");
    }
    let bytes: [&[u8]; 1] = [b"\xff\xfe"];
    let peer = "10.0.0.1".parse().unwrap();
    assert_eq!(client_address(peer, bytes.into_iter(), trusts), None);
}
