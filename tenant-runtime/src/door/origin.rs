//! Which pages may call us from a browser. Clients that are no browser send no `Origin`.

use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};

use super::Refusal;
use crate::PublicUrl;

pub(crate) struct Origins(Vec<String>);

impl Origins {
    pub(crate) fn new(public_url: &PublicUrl, configured: &[String]) -> Self {
        let ours = public_url.to_string();
        let more = configured
            .iter()
            .map(|text| text.trim_end_matches('/').to_owned());
        Self(std::iter::once(ours).chain(more).collect())
    }

    /// `host` is a name of ours already, so a page of that very origin is a page of ours.
    pub(crate) fn admit(&self, headers: &HeaderMap, host: &Authority) -> Result<(), Refusal> {
        let mut given = headers.get_all(header::ORIGIN).iter();
        match (given.next(), given.next()) {
            (None, _) => Ok(()),
            (Some(only), None) if only.to_str().is_ok_and(|origin| self.allow(origin, host)) => {
                Ok(())
            }
            _ => Err(Refusal::OriginNotAllowed),
        }
    }

    fn allow(&self, origin: &str, host: &Authority) -> bool {
        let same = |scheme: &str| {
            origin
                .strip_prefix(scheme)
                .is_some_and(|rest| rest.eq_ignore_ascii_case(host.as_str()))
        };
        same("http://")
            || same("https://")
            || self
                .0
                .iter()
                .any(|listed| listed.eq_ignore_ascii_case(origin))
    }
}

#[cfg(test)]
mod tests;
