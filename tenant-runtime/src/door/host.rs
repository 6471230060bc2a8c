//! Which names we answer to. A page elsewhere whose name resolves to us (DNS rebinding) is turned
//! away.

use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri, header};

use super::Refusal;
use crate::PublicUrl;
use crate::runtime::is_loopback;

pub(crate) struct Hosts(Vec<Allowed>);

struct Allowed {
    name: String,
    /// `None`: any.
    port: Option<u16>,
}

impl Hosts {
    pub(crate) fn new(public_url: &PublicUrl, configured: &[String]) -> Self {
        let ours = Allowed {
            name: public_url.authority().host().to_owned(),
            port: None,
        };
        let more = configured.iter().map(|text| {
            let authority = text.parse::<Authority>().ok();
            Allowed {
                name: authority
                    .as_ref()
                    .map_or(text.as_str(), Authority::host)
                    .to_owned(),
                port: authority.as_ref().and_then(Authority::port_u16),
            }
        });
        Self(std::iter::once(ours).chain(more).collect())
    }

    /// The name the client used, where it is one of ours.
    pub(crate) fn admit(&self, uri: &Uri, headers: &HeaderMap) -> Result<Authority, Refusal> {
        // HTTP/2 has the name in the URI, HTTP/1 in the header; when both are there, both count.
        let mut given = headers.get_all(header::HOST).iter();
        let header = match (given.next(), given.next()) {
            (Some(_), Some(_)) => return Err(Refusal::HostNotAllowed),
            (only, _) => only,
        };
        let header = header
            .map(|host| Authority::try_from(host.as_bytes()))
            .transpose()
            .map_err(|_| Refusal::HostNotAllowed)?;
        let names = [uri.authority().cloned(), header];
        if names.iter().flatten().any(|name| !self.allow(name)) {
            return Err(Refusal::HostNotAllowed);
        }
        names
            .into_iter()
            .flatten()
            .next()
            .ok_or(Refusal::HostNotAllowed)
    }

    fn allow(&self, host: &Authority) -> bool {
        let listed = |allowed: &Allowed| {
            allowed.name.eq_ignore_ascii_case(host.host())
                && allowed
                    .port
                    .is_none_or(|port| host.port_u16() == Some(port))
        };
        // `user@host` is no Host header.
        !host.as_str().contains('@') && (is_loopback(host.host()) || self.0.iter().any(listed))
    }
}

#[cfg(test)]
mod tests;
