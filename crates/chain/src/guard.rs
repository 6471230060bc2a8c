//! Which addresses an endpoint may have. An endpoint's URL can come from a person, and this process
//! stands inside a network: without a guard, a URL is a way to talk to whatever else stands there.

mod class;
mod resolver;

use std::net::IpAddr;

use reqwest::Url;

pub(crate) use resolver::GuardedResolver;

use class::{Class, classify};

/// Why an endpoint is refused. Never shows the URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EndpointRefused {
    #[error("endpoint is no URL")]
    Unreadable,
    #[error("endpoint is neither http nor https")]
    Scheme,
    #[error("endpoint is plain http and not on this machine")]
    Plaintext,
    #[error("endpoint has no host")]
    NoHost,
    #[error("endpoint stands at an address that is not allowed")]
    Address,
}

/// The rule for endpoints. Link-local, metadata, multicast, documentation and IPv4-mapped
/// addresses are never allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EndpointGuard {
    /// This machine, also over plain http.
    pub allow_loopback: bool,
    /// This machine and private networks, also over plain http. The operator's decision.
    pub allow_private: bool,
}

impl EndpointGuard {
    /// Public addresses over https, nothing else.
    pub const fn public() -> Self {
        Self {
            allow_loopback: false,
            allow_private: false,
        }
    }

    /// Public addresses over https, and this machine.
    pub const fn local() -> Self {
        Self {
            allow_loopback: true,
            allow_private: false,
        }
    }

    /// Reads and judges a URL. Host names are judged again each time they are resolved.
    ///
    /// # Errors
    /// When the URL is unreadable or not allowed.
    pub fn check(self, url: &str) -> Result<Url, EndpointRefused> {
        let url = Url::parse(url).map_err(|_| EndpointRefused::Unreadable)?;
        let plaintext = match url.scheme() {
            "https" => false,
            "http" => true,
            _ => return Err(EndpointRefused::Scheme),
        };
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or(EndpointRefused::NoHost)?;
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            Ok(address) => self.permit(address, plaintext)?,
            Err(_) => self.permit_name(host, plaintext)?,
        }
        Ok(url)
    }

    /// Judges one address.
    ///
    /// # Errors
    /// When it is not allowed, or not without encryption.
    pub fn permit(self, address: IpAddr, plaintext: bool) -> Result<(), EndpointRefused> {
        match classify(address) {
            Class::Loopback if self.allow_loopback || self.allow_private => Ok(()),
            Class::Private if self.allow_private => Ok(()),
            Class::Public if plaintext => Err(EndpointRefused::Plaintext),
            Class::Public => Ok(()),
            Class::Loopback | Class::Private | Class::Never => Err(EndpointRefused::Address),
        }
    }

    /// A name says little before it is resolved; what can be refused early is refused early.
    fn permit_name(self, host: &str, plaintext: bool) -> Result<(), EndpointRefused> {
        let host = host.trim_end_matches('.');
        let loopback = host == "localhost" || host.ends_with(".localhost");
        match (loopback, plaintext) {
            (true, _) if self.allow_loopback || self.allow_private => Ok(()),
            (true, _) => Err(EndpointRefused::Address),
            (false, true) if !self.allow_private => Err(EndpointRefused::Plaintext),
            (false, _) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
