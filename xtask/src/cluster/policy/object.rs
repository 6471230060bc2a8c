//! The objects that decide, as far as they do.

use super::selector::Selector;
use serde::Deserialize;
use std::collections::BTreeMap;

pub(super) type Labels = BTreeMap<String, String>;

/// All of them at one time.
#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) policies: Vec<Policy>,
    pub(super) pods: Vec<Pod>,
    pub(super) namespaces: Vec<Namespace>,
}

/// What `kubectl get networkpolicies,pods,namespaces` answers.
#[derive(Debug, Deserialize)]
struct List {
    items: Vec<Item>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind")]
enum Item {
    NetworkPolicy(Policy),
    Pod(Pod),
    Namespace(Namespace),
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Meta {
    pub(super) name: String,
    #[serde(default)]
    pub(super) namespace: String,
    #[serde(default)]
    pub(super) labels: Labels,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Namespace {
    pub(super) metadata: Meta,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Pod {
    pub(super) metadata: Meta,
    pub(super) spec: PodSpec,
    #[serde(default)]
    pub(super) status: PodStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PodSpec {
    #[serde(default)]
    pub(super) host_network: bool,
    #[serde(default)]
    pub(super) containers: Vec<Container>,
    /// One that keeps running may have ports too.
    #[serde(default)]
    pub(super) init_containers: Vec<Container>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Container {
    #[serde(default)]
    pub(super) ports: Vec<ContainerPort>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct ContainerPort {
    pub(super) name: Option<String>,
    #[serde(rename = "containerPort")]
    pub(super) number: u16,
    #[serde(default)]
    pub(super) protocol: Protocol,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PodStatus {
    #[serde(default)]
    pub(super) phase: Phase,
    #[serde(rename = "podIPs", default)]
    pub(super) pod_ips: Vec<PodIp>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct PodIp {
    pub(super) ip: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(super) enum Phase {
    Succeeded,
    Failed,
    #[default]
    #[serde(other)]
    Alive,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Policy {
    pub(super) metadata: Meta,
    pub(super) spec: PolicySpec,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PolicySpec {
    #[serde(default)]
    pub(super) pod_selector: Selector,
    pub(super) policy_types: Option<Vec<Direction>>,
    #[serde(default)]
    pub(super) ingress: Vec<Ingress>,
    #[serde(default)]
    pub(super) egress: Vec<Egress>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Direction {
    Ingress,
    Egress,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Ingress {
    #[serde(default)]
    pub(super) from: Vec<Peer>,
    #[serde(default)]
    pub(super) ports: Vec<PolicyPort>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Egress {
    #[serde(default)]
    pub(super) to: Vec<Peer>,
    #[serde(default)]
    pub(super) ports: Vec<PolicyPort>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Peer {
    pub(super) pod_selector: Option<Selector>,
    pub(super) namespace_selector: Option<Selector>,
    pub(super) ip_block: Option<IpBlock>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct IpBlock {
    pub(super) cidr: String,
    #[serde(default)]
    pub(super) except: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PolicyPort {
    #[serde(default)]
    pub(super) protocol: Protocol,
    pub(super) port: Option<Port>,
    pub(super) end_port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Port {
    Number(u16),
    Name(String),
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Protocol {
    #[default]
    Tcp,
    Udp,
    Sctp,
}

impl World {
    pub(super) fn parse(list: &[u8]) -> Result<Self, serde_json::Error> {
        let list: List = serde_json::from_slice(list)?;
        let mut world = Self::default();
        for item in list.items {
            match item {
                Item::NetworkPolicy(policy) => world.policies.push(policy),
                Item::Pod(pod) => world.pods.push(pod),
                Item::Namespace(namespace) => world.namespaces.push(namespace),
            }
        }
        Ok(world)
    }
}

impl Policy {
    /// Whether the policy isolates in this direction; the API's defaults where it does not say.
    pub(super) fn isolates(&self, direction: Direction) -> bool {
        match &self.spec.policy_types {
            Some(types) => types.contains(&direction),
            None => direction == Direction::Ingress || !self.spec.egress.is_empty(),
        }
    }

    pub(super) fn selects(&self, pod: &Pod) -> bool {
        self.metadata.namespace == pod.metadata.namespace
            && self.spec.pod_selector.matches(&pod.metadata.labels)
    }
}

impl Pod {
    /// Whether it has a network of its own, and still uses it.
    pub(super) fn on_network(&self) -> bool {
        !self.spec.host_network && self.status.phase == Phase::Alive
    }

    pub(super) fn ports(&self) -> impl Iterator<Item = &ContainerPort> {
        let containers = self
            .spec
            .containers
            .iter()
            .chain(&self.spec.init_containers);
        containers.flat_map(|container| &container.ports)
    }
}

impl Protocol {
    pub(super) fn keyword(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Sctp => "sctp",
        }
    }
}
