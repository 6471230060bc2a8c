//! What network policies let through, computed: whether a packet from one place gets to another.
//!
//! Written from the documentation of network policies, and pessimistic where clusters differ: an
//! address block matches pods too, as in some of them it does.

use std::net::IpAddr;

use ipnet::IpNet;
use k8s_openapi::api::networking::v1::{NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use vaultpilot_operator::settings::Labels;

/// Somewhere a packet comes from or goes to.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) name: String,
    pub(crate) address: IpAddr,
    /// Absent outside the cluster, and for what runs on the node's own network.
    pub(crate) pod: Option<Pod>,
}

#[derive(Debug, Clone)]
pub(crate) struct Pod {
    pub(crate) namespace: String,
    pub(crate) namespace_labels: Labels,
    pub(crate) labels: Labels,
    pub(crate) named_ports: Vec<(String, u16)>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Door {
    pub(crate) protocol: &'static str,
    pub(crate) port: u16,
}

/// Policies of a whole cluster.
pub(crate) struct Network(pub(crate) Vec<NetworkPolicy>);

impl Network {
    pub(crate) fn passes(&self, from: &Place, to: &Place, door: Door) -> bool {
        self.may_leave(from, to, door) && self.may_enter(from, to, door)
    }

    fn may_leave(&self, from: &Place, to: &Place, door: Door) -> bool {
        let Some(pod) = &from.pod else { return true };
        let mut isolated = false;
        for policy in self.selecting(pod, "Egress") {
            isolated = true;
            let spec = policy.spec.as_ref().unwrap();
            let namespace = policy.metadata.namespace.as_deref().unwrap();
            for rule in spec.egress.iter().flatten() {
                let peers = rule.to.as_deref().unwrap_or_default();
                let ports = rule.ports.as_deref().unwrap_or_default();
                if any_peer(peers, namespace, to) && any_port(ports, to, door) {
                    return true;
                }
            }
        }
        !isolated
    }

    fn may_enter(&self, from: &Place, to: &Place, door: Door) -> bool {
        let Some(pod) = &to.pod else { return true };
        let mut isolated = false;
        for policy in self.selecting(pod, "Ingress") {
            isolated = true;
            let spec = policy.spec.as_ref().unwrap();
            let namespace = policy.metadata.namespace.as_deref().unwrap();
            for rule in spec.ingress.iter().flatten() {
                let peers = rule.from.as_deref().unwrap_or_default();
                let ports = rule.ports.as_deref().unwrap_or_default();
                if any_peer(peers, namespace, from) && any_port(ports, to, door) {
                    return true;
                }
            }
        }
        !isolated
    }

    fn selecting<'a>(
        &'a self,
        pod: &'a Pod,
        way: &'a str,
    ) -> impl Iterator<Item = &'a NetworkPolicy> {
        self.0.iter().filter(move |policy| {
            let spec = policy.spec.as_ref().unwrap();
            let types = spec.policy_types.iter().flatten();
            policy.metadata.namespace.as_deref() == Some(&pod.namespace)
                && types.into_iter().any(|given| given == way)
                && selects(spec.pod_selector.as_ref(), &pod.labels)
        })
    }
}

/// No peers at all means everybody.
fn any_peer(peers: &[NetworkPolicyPeer], namespace: &str, place: &Place) -> bool {
    peers.is_empty() || peers.iter().any(|peer| is_peer(peer, namespace, place))
}

fn is_peer(peer: &NetworkPolicyPeer, namespace: &str, place: &Place) -> bool {
    if let Some(block) = &peer.ip_block {
        let within = |text: &String| text.parse::<IpNet>().unwrap().contains(&place.address);
        return within(&block.cidr) && !block.except.iter().flatten().any(within);
    }
    let Some(pod) = &place.pod else { return false };
    let there = match &peer.namespace_selector {
        None => pod.namespace == namespace,
        selector => selects(selector.as_ref(), &pod.namespace_labels),
    };
    there && selects(peer.pod_selector.as_ref(), &pod.labels)
}

/// No ports at all means every one.
fn any_port(ports: &[NetworkPolicyPort], to: &Place, door: Door) -> bool {
    ports.is_empty()
        || ports.iter().any(|given| {
            let number = match &given.port {
                None => Some(door.port),
                Some(IntOrString::Int(number)) => u16::try_from(*number).ok(),
                Some(IntOrString::String(name)) => to.pod.as_ref().and_then(|pod| {
                    let named = pod.named_ports.iter().find(|(given, _)| given == name);
                    named.map(|(_, number)| *number)
                }),
            };
            number == Some(door.port) && given.protocol.as_deref().unwrap_or("TCP") == door.protocol
        })
}

fn selects(selector: Option<&LabelSelector>, labels: &Labels) -> bool {
    let Some(selector) = selector else {
        return true;
    };
    let equal = selector.match_labels.iter().flatten();
    let expressions = selector.match_expressions.iter().flatten();
    equal
        .into_iter()
        .all(|(key, value)| labels.get(key) == Some(value))
        && expressions.into_iter().all(|expression| {
            let value = labels.get(&expression.key);
            let listed =
                |value: &String| expression.values.iter().flatten().any(|one| one == value);
            match expression.operator.as_str() {
                "Exists" => value.is_some(),
                "DoesNotExist" => value.is_none(),
                "In" => value.is_some_and(listed),
                "NotIn" => !value.is_some_and(listed),
                other => panic!("no such operator: {other}"),
            }
        })
}
