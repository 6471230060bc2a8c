//! What a value breaks although it has the right form.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;

/// Display is a fragment that follows the value's path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rule {
    #[error("is not an http:// or https:// URL with a host")]
    NotHttp,
    #[error("is not an https:// URL with a host")]
    NotHttps,
    #[error("is no Kubernetes name: lower-case letters, digits, hyphens")]
    NotAKubernetesName,
    #[error("is not namespace/name of a service account")]
    NotAnAccount,
    #[error("is the same as {other}, and must not be")]
    Same { other: &'static str },
    #[error("is not an origin such as https://app.example.com")]
    NotAnOrigin,
    #[error("is not a host name, optionally with a port")]
    NotAHost,
    #[error(
        "names an address on this machine or in a private network, which needs allow_private: true"
    )]
    Private,
    #[error("is {given}, allowed is {least} to {most}")]
    OutOfRange { given: u64, least: u64, most: u64 },
    #[error("is empty")]
    Empty,
    #[error("is needed when {when}")]
    Needed { when: &'static str },
    #[error("has no effect unless {unless}")]
    Useless { unless: &'static str },
    #[error(
        "listens beyond this machine: name the hosts it is reached by in server.allowed_hosts or set server.public_url"
    )]
    HostsUnknown,
}

/// The files that are named by nothing.
pub(super) fn absent(files: &[(&'static str, &PathBuf)]) -> Vec<(&'static str, Rule)> {
    files
        .iter()
        .filter(|(_, path)| path.as_os_str().is_empty())
        .map(|(key, _)| (*key, Rule::Empty))
        .collect()
}

/// Whether the text is `http(s)://host[:port][/…]` without spaces.
pub(super) fn is_http(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        !host.is_empty() && !host.starts_with(':') && !text.contains(char::is_whitespace)
    })
}

/// Whether the URL names, as it is written, this machine.
pub(super) fn is_loopback(url: &str) -> bool {
    match host(url) {
        Host::V4(address) => address.is_loopback(),
        Host::V6(address) => address.is_loopback(),
        Host::Name(name) => is_localhost(name),
    }
}

/// Whether the URL names, as it is written, an address that is not of the public internet. What a
/// name resolves to is seen only by whoever connects.
pub(super) fn is_private(url: &str) -> bool {
    match host(url) {
        Host::V4(address) => is_private_v4(address),
        Host::V6(address) => match address.to_ipv4_mapped() {
            Some(v4) => is_private_v4(v4),
            None => {
                address.is_loopback()
                    || address.is_unspecified()
                    || address.is_unique_local()
                    || address.is_unicast_link_local()
            }
        },
        Host::Name(name) => is_localhost(name),
    }
}

/// Who a URL names.
enum Host<'a> {
    V4(Ipv4Addr),
    V6(Ipv6Addr),
    Name(&'a str),
}

fn host(url: &str) -> Host<'_> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let bracketed = host.strip_prefix('[');
    if let Some(v6) = bracketed.and_then(|rest| rest.split(']').next()) {
        // In brackets stand addresses alone; what is none names nobody.
        return v6.parse().map_or(Host::Name(""), Host::V6);
    }
    let name = host.split(':').next().unwrap_or_default();
    name.parse().map_or(Host::Name(name), Host::V4)
}

fn is_localhost(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost")
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_unspecified()
}

/// Whether the text is `http(s)://host[:port]` and nothing more.
pub(super) fn is_origin(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(is_host)
}

/// Whether the text is `host[:port]`.
pub(super) fn is_host(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    !text.is_empty() && !text.starts_with(':') && text.chars().all(plain)
}
