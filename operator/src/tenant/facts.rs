//! What the cluster says that a tenant depends on: the outcome of dereferencing, as plain data.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::settings::Labels;

#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The namespace, if there is one of that name.
    pub namespace: Option<NamespaceFact>,
    /// The tenant that claimed the namespace before.
    pub rival: Option<String>,
    pub apis: Apis,
    /// Where the API server listens; no pod of a tenant may get there.
    pub api_server: BTreeSet<IpAddr>,
    /// The Services that the tenant's endpoints name.
    pub services: BTreeMap<ServiceName, ServiceFact>,
    /// The Policies of the namespace, and whether they hold for all of its wallets.
    pub policies: BTreeMap<String, bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamespaceFact {
    /// Whose it is, by its label.
    pub tenant: Option<String>,
    /// It bears the operator's mark for this very tenant.
    pub ours: bool,
    pub origin: Option<Origin>,
    pub terminating: bool,
    /// Pods that are not the tenant's, where that matters.
    pub strangers: Vec<String>,
}

/// How the tenant came to its namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Created,
    Adopted,
}

impl Origin {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Adopted => "adopted",
        }
    }

    pub fn read(text: &str) -> Option<Self> {
        [Self::Created, Self::Adopted]
            .into_iter()
            .find(|origin| origin.as_str() == text)
    }
}

/// Which optional APIs this cluster has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Apis {
    pub http_route: bool,
    pub ingress: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServiceName {
    pub namespace: String,
    pub name: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceFact {
    /// The pods behind it.
    pub selector: Labels,
    /// From the Service's port to its pods'.
    pub ports: BTreeMap<u16, PodPort>,
    /// The tenant its namespace belongs to.
    pub tenant: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PodPort {
    Number(u16),
    Name(String),
}
