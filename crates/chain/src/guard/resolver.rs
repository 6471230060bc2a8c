//! Resolves names and drops the addresses that are not allowed, on every connection: a name that
//! was harmless when it was configured may point elsewhere today.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{EndpointGuard, EndpointRefused};

#[derive(Debug, Clone, Copy)]
pub(crate) struct GuardedResolver {
    pub(crate) guard: EndpointGuard,
    pub(crate) plaintext: bool,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let rule = *self;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found
                .filter(|address| rule.guard.permit(address.ip(), rule.plaintext).is_ok())
                .collect();
            if allowed.is_empty() {
                return Err(EndpointRefused::Address.into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter());
            Ok(addresses)
        })
    }
}
