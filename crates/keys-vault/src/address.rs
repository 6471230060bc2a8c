//! Which addresses Vault may have. A seed is sent there, so it goes over TLS or stays on this machine.

use std::net::IpAddr;

use reqwest::Url;
use reqwest::header::HeaderValue;

use crate::options::VaultOptionsError;
use crate::path;

pub(crate) fn address(text: &str) -> Result<Url, VaultOptionsError> {
    let url = Url::parse(text).map_err(|_| VaultOptionsError::Address)?;
    let host = url.host_str().ok_or(VaultOptionsError::Address)?;
    let bare = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    match url.scheme() {
        _ if !bare => Err(VaultOptionsError::AddressParts),
        "https" => Ok(url),
        "http" if is_here(host) => Ok(url),
        _ => Err(VaultOptionsError::Plaintext),
    }
}

/// Any other name than `localhost` (RFC 6761) could be resolved to another machine.
fn is_here(host: &str) -> bool {
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    let ip = literal.parse::<IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}

pub(crate) fn namespace(text: &str) -> Result<HeaderValue, VaultOptionsError> {
    let text = path::segments(text).map_err(VaultOptionsError::Namespace)?;
    HeaderValue::from_str(text).map_err(|_| VaultOptionsError::Address)
}

#[cfg(test)]
mod tests;
