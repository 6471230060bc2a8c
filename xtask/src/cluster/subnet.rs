//! The addresses of one cluster. Each has a number, so that several stand beside each other.

use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// Which of the ranges set aside for clusters is this one's. The default cluster's is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Subnet(u8);

/// How many clusters can stand beside each other.
pub(crate) const SUBNETS: u8 = 8;

impl Subnet {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..SUBNETS).map(Self)
    }

    /// The end of the link that stays outside, also the address pods reach the machine at.
    pub(crate) fn host(self) -> Ipv4Addr {
        Ipv4Addr::new(10, 200, self.0, 254)
    }

    /// The node: the end of the link inside.
    pub(crate) fn node(self) -> Ipv4Addr {
        Ipv4Addr::new(10, 200, self.0, 1)
    }

    pub(crate) fn pods(self) -> String {
        format!("10.{}.0.0/16", 244 + self.0)
    }

    /// The part of the pods' range that the controllers give to the first and only node.
    pub(crate) fn node_pods(self) -> String {
        format!("10.{}.0.0/24", 244 + self.0)
    }

    pub(crate) fn services(self) -> String {
        format!("10.{}.0.0/16", 96 + self.0)
    }

    /// The API server's Service: the first address of the range, by Kubernetes' rule.
    pub(crate) fn api_service(self) -> Ipv4Addr {
        Ipv4Addr::new(10, 96 + self.0, 0, 1)
    }

    pub(crate) fn dns(self) -> Ipv4Addr {
        Ipv4Addr::new(10, 96 + self.0, 0, 10)
    }

    /// The link's end outside; an interface's name has at most 15 letters.
    pub(crate) fn host_link(self) -> String {
        format!("vp-cluster{}", self.0)
    }

    pub(crate) fn api_server(self) -> String {
        format!("https://{}:6443", self.node())
    }
}
