//! The borders: everything is denied both ways, and then what is needed is opened, for the
//! tenant's own pods alone.

use k8s_openapi::api::networking::v1::{
    IPBlock, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer,
    NetworkPolicyPort, NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use vaultpilot_crds::name::TENANT_LABEL;

use super::{MCP_PORT, PROBE_PORT, RUNTIME, meta};
use crate::mark;
use crate::piece::{Kind, Piece};
use crate::settings::{Labels, PodPeer, Settings};
use crate::tenant::facts::PodPort;
use crate::tenant::valid::{Peer, Port, Protocol, ValidTenant};
use crate::tenant::validate::named;

const DEFAULT_DENY: &str = "default-deny";

pub(super) fn build(tenant: &ValidTenant, settings: &Settings) -> [Piece; 2] {
    let both = || Some(vec!["Ingress".to_owned(), "Egress".to_owned()]);
    let deny = NetworkPolicy {
        metadata: meta(tenant, DEFAULT_DENY),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(LabelSelector::default()),
            policy_types: both(),
            ingress: Some(Vec::new()),
            egress: Some(Vec::new()),
        }),
    };
    let open = NetworkPolicy {
        metadata: meta(tenant, RUNTIME),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(selecting(&mark::pod_selector(&tenant.name))),
            policy_types: both(),
            ingress: Some(ingress(tenant, settings)),
            egress: Some(egress(tenant, settings)),
        }),
    };
    [deny, open].map(|policy| Piece::new(Kind::NetworkPolicy, &policy))
}

fn ingress(tenant: &ValidTenant, settings: &Settings) -> Vec<NetworkPolicyIngressRule> {
    let verifier = pods_of(&PodPeer {
        namespace: settings.system_namespace.clone(),
        pods: settings.operator_pods.clone(),
    });
    let mut rules = vec![rule([&verifier], &[tcp(MCP_PORT), tcp(PROBE_PORT)])];
    if !tenant.ingress.is_empty() {
        rules.push(rule(&tenant.ingress, &[tcp(MCP_PORT)]));
    }
    if let Some(prometheus) = &settings.prometheus {
        rules.push(rule([&pods_of(prometheus)], &[tcp(PROBE_PORT)]));
    }
    rules
}

fn rule<'a>(from: impl IntoIterator<Item = &'a Peer>, ports: &[Port]) -> NetworkPolicyIngressRule {
    NetworkPolicyIngressRule {
        from: Some(from.into_iter().map(peer).collect()),
        ports: Some(ports.iter().map(port).collect()),
    }
}

fn egress(tenant: &ValidTenant, settings: &Settings) -> Vec<NetworkPolicyEgressRule> {
    let to = |peers: &[Peer], ports: &[Port]| NetworkPolicyEgressRule {
        to: Some(peers.iter().map(peer).collect()),
        ports: Some(ports.iter().map(port).collect()),
    };
    let control_api = pods_of(&PodPeer {
        namespace: settings.system_namespace.clone(),
        pods: settings.control_api.pods.clone(),
    });
    let dns = [Protocol::Udp, Protocol::Tcp].map(|protocol| Port {
        protocol,
        port: PodPort::Number(53),
    });
    let mut rules = vec![
        to(std::slice::from_ref(&tenant.dns), &dns),
        to(&[control_api], &[tcp(settings.control_api.port)]),
    ];
    if let Some(otlp) = &settings.otlp {
        rules.push(to(&[pods_of(&otlp.peer)], &[tcp(otlp.port)]));
    }
    rules.extend(tenant.egress.iter().map(|open| to(&open.to, &open.ports)));
    rules
}

const fn tcp(port: u16) -> Port {
    Port {
        protocol: Protocol::Tcp,
        port: PodPort::Number(port),
    }
}

fn pods_of(peer: &PodPeer) -> Peer {
    Peer::Pods {
        namespaces: named(peer.namespace.as_str()),
        pods: peer.pods.clone(),
        no_tenant: true,
    }
}

fn port(port: &Port) -> NetworkPolicyPort {
    NetworkPolicyPort {
        protocol: Some(port.protocol.as_str().to_owned()),
        port: Some(match &port.port {
            PodPort::Number(number) => IntOrString::Int(i32::from(*number)),
            PodPort::Name(name) => IntOrString::String(name.clone()),
        }),
        end_port: None,
    }
}

fn peer(peer: &Peer) -> NetworkPolicyPeer {
    match peer {
        Peer::Network { network, except } => NetworkPolicyPeer {
            ip_block: Some(IPBlock {
                cidr: network.to_string(),
                except: (!except.is_empty())
                    .then(|| except.iter().map(ToString::to_string).collect()),
            }),
            ..NetworkPolicyPeer::default()
        },
        Peer::Pods {
            namespaces,
            pods,
            no_tenant,
        } => {
            // Without a namespace selector a peer is in the policy's own namespace.
            let mut namespace_selector = (!namespaces.is_empty()).then(|| selecting(namespaces));
            if let Some(selector) = namespace_selector.as_mut().filter(|_| *no_tenant) {
                selector.match_expressions = Some(vec![LabelSelectorRequirement {
                    key: TENANT_LABEL.to_owned(),
                    operator: "DoesNotExist".to_owned(),
                    values: None,
                }]);
            }
            NetworkPolicyPeer {
                namespace_selector,
                pod_selector: Some(selecting(pods)),
                ..NetworkPolicyPeer::default()
            }
        }
    }
}

/// An empty selector selects all.
fn selecting(labels: &Labels) -> LabelSelector {
    LabelSelector {
        match_labels: (!labels.is_empty()).then(|| labels.clone()),
        match_expressions: None,
    }
}
