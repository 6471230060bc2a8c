//! A tenant that makes sense: everything the build needs, parsed, with nothing left to refuse.

use std::collections::BTreeMap;

use ipnet::IpNet;
use vaultpilot_core::{ChainId, KeyManagement, Quota, TenantName};
use vaultpilot_crds::tenant::{LogLevel, Toleration, TopologySpread};

use super::facts::{Origin, PodPort};
use crate::name::{Namespace, ObjectName};
use crate::settings::Labels;

#[derive(Debug, Clone)]
pub struct ValidTenant {
    pub name: TenantName,
    pub namespace: Namespace,
    pub origin: Origin,
    pub namespace_labels: BTreeMap<String, String>,
    pub namespace_annotations: BTreeMap<String, String>,
    pub suspended: bool,
    pub quota: Quota,
    pub keys: KeyManagement,
    pub chains: Vec<ValidChain>,
    pub allowance: Allowance,
    pub endpoint: Endpoint,
    pub exposure: ValidExposure,
    pub mcp: McpRules,
    pub runtime: ValidRuntime,
    pub ingress: Vec<Peer>,
    pub egress: Vec<Egress>,
    pub dns: Peer,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidChain {
    pub id: ChainId,
    pub rpc: Rpc,
    pub confirmations: Option<u32>,
}

/// Where a chain's endpoints are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rpc {
    Urls {
        urls: Vec<String>,
        /// One of them is an address or a Service of the cluster, and meant to be.
        private: bool,
    },
    Secret {
        name: ObjectName,
        key: String,
    },
}

/// What the pods of the tenant may use together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    pub cpu: String,
    pub memory: String,
    pub pods: u32,
}

/// Where agents connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// `http://mcp.vp-acme.svc:8080`
    pub public_url: String,
    /// `http://mcp.vp-acme.svc:8080/t/acme/mcp`, also the resource that tokens are for.
    pub resource: String,
    pub metadata: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValidExposure {
    ClusterInternal,
    Gateway {
        host: String,
        gateway: ObjectName,
        namespace: Namespace,
        section: Option<ObjectName>,
    },
    Ingress {
        host: String,
        class: Option<ObjectName>,
        tls_secret: Option<ObjectName>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct McpRules {
    pub issuers: Vec<String>,
    pub allowed_origins: Vec<String>,
    pub max_request_bytes: Option<u32>,
}

#[derive(Debug, Clone)]
pub struct ValidRuntime {
    /// By digest; the operator's own when absent.
    pub image: Option<String>,
    pub replicas: Replicas,
    pub cpu: String,
    pub cpu_limit: Option<String>,
    pub memory: String,
    pub runtime_class: Option<ObjectName>,
    pub node_selector: BTreeMap<String, String>,
    pub tolerations: Vec<Toleration>,
    pub priority_class: Option<ObjectName>,
    pub spread: Vec<TopologySpread>,
    pub disruption: Disruption,
    pub log_level: LogLevel,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replicas {
    Fixed(u32),
    /// An autoscaler decides.
    Between {
        min: u32,
        max: u32,
        cpu_percent: u32,
    },
}

impl Replicas {
    pub const fn most(self) -> u32 {
        match self {
            Self::Fixed(replicas) => replicas,
            Self::Between { max, .. } => max,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disruption {
    MinAvailable(u32),
    MaxUnavailable(u32),
}

/// Who is on the other side of a connection.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    Pods {
        /// Of the tenant's own namespace when empty.
        namespaces: Labels,
        pods: Labels,
        /// Namespaces of other tenants are left out.
        no_tenant: bool,
    },
    Network {
        network: IpNet,
        except: Vec<IpNet>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Egress {
    pub to: Vec<Peer>,
    pub ports: Vec<Port>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    pub protocol: Protocol,
    pub port: PodPort,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Tcp,
    Udp,
}

impl Protocol {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        }
    }
}
