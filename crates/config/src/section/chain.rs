//! A chain and the ways to reach it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_policy::document::Span;

use super::rule::{is_http, is_private};
use super::{Rule, Section};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Chain {
    /// What people call it. Built in for the well-known chains.
    pub name: String,
    /// Symbol of the native coin. Built in for the well-known chains.
    pub currency: String,
    /// Whether its coins are worth nothing. Built in for the well-known chains.
    pub testnet: bool,
    /// JSON-RPC endpoints in order of preference, as URLs, `env:NAME` or `file:PATH`. A chain without one is
    /// not enabled.
    pub rpc: Vec<RpcUrl>,
    /// Blocks until a transaction counts as final.
    pub confirmations: u64,
    /// Where people look a transaction up; its hash is appended.
    pub explorer: Option<String>,
    /// Whether endpoints may be on this machine or in a private network.
    pub allow_private: bool,
    /// How often the chain is looked at while something is under way.
    pub poll_interval: Span,
}

impl Default for Chain {
    fn default() -> Self {
        Self {
            name: String::new(),
            currency: String::new(),
            testnet: false,
            rpc: Vec::new(),
            confirmations: 12,
            explorer: None,
            allow_private: false,
            poll_interval: Span::seconds(2),
        }
    }
}

impl Section for Chain {
    fn validate(&self) -> Vec<(&'static str, Rule)> {
        let mut broken = Vec::new();
        if self.name.is_empty() {
            broken.push((
                "name",
                Rule::Needed {
                    when: "the chain is not a built-in one",
                },
            ));
        }
        if self.currency.is_empty() {
            broken.push((
                "currency",
                Rule::Needed {
                    when: "the chain is not a built-in one",
                },
            ));
        }
        if self.rpc.iter().any(|url| !is_http(url.expose())) {
            broken.push(("rpc", Rule::NotHttp));
        }
        if !self.allow_private && self.rpc.iter().any(|url| is_private(url.expose())) {
            broken.push(("rpc", Rule::Private));
        }
        if self.explorer.as_deref().is_some_and(|url| !is_http(url)) {
            broken.push(("explorer", Rule::NotHttp));
        }
        let (given, least, most) = (self.confirmations, 1, 10_000);
        if !(least..=most).contains(&given) {
            broken.push(("confirmations", Rule::OutOfRange { given, least, most }));
        }
        if self.poll_interval.is_zero() {
            let (given, least, most) = (0, 1, 3600);
            broken.push(("poll_interval", Rule::OutOfRange { given, least, most }));
        }
        broken
    }
}

/// The URL of an endpoint. It often carries an access key, so it shows scheme and host only, also
/// when it is serialised; `expose` gives it to whoever connects.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(with = "String")]
pub struct RpcUrl(String);

impl RpcUrl {
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The whole URL.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for RpcUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Some((scheme, rest)) = self.0.split_once("://") else {
            return f.write_str("…");
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        let host = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        let hidden = host.len() < authority.len() || tail.len() > 1;
        write!(f, "{scheme}://{host}{}", if hidden { "/…" } else { "" })
    }
}

impl std::fmt::Debug for RpcUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RpcUrl({self})")
    }
}

impl Serialize for RpcUrl {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
