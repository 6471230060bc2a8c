//! The hosted edition's door of the cluster.

use std::net::{Ipv4Addr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_policy::document::Span;

use super::{Rule, Section};

/// A minute: what a cluster waits for a pod that ends, and then some.
const MOST: u64 = 60;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Probes {
    /// Address of `/healthz`, `/readyz` and `/metrics`.
    pub listen: SocketAddr,
    /// How long the doors stay open after the process was told to end, with `/readyz` at 503: until
    /// everybody has heard that it goes.
    pub drain_delay: Span,
}

impl Default for Probes {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 9090)),
            drain_delay: Span::seconds(5),
        }
    }
}

impl Section for Probes {
    fn validate(&self) -> Vec<(&'static str, Rule)> {
        let (given, least, most) = (self.drain_delay.duration().as_secs(), 0, MOST);
        if given > most {
            return vec![("drain_delay", Rule::OutOfRange { given, least, most })];
        }
        Vec::new()
    }
}
