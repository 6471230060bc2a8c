//! Networks: which ones no tenant ever reaches, and who may call a tenant.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use vaultpilot_crds::tenant::TenantSpec;

use crate::name::Namespace;
use crate::settings::{Labels, Settings};
use crate::tenant::facts::Facts;
use crate::tenant::invalid::Invalid;
use crate::tenant::valid::{Peer, ValidExposure};

/// The label that every namespace has, with its own name.
const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length))
}

const fn v6(first: u16, length: u8) -> IpNet {
    let address = Ipv6Addr::new(first, 0, 0, 0, 0, 0, 0, 0);
    IpNet::V6(Ipv6Net::new_assert(address, length))
}

/// Where a cloud hands out the node's credentials, and the node itself. Never reached by anybody.
const NEVER: [IpNet; 6] = [
    v4(0, 0, 0, 0, 8),
    v4(127, 0, 0, 0, 8),
    v4(169, 254, 0, 0, 16),
    v6(0xfe80, 10),
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128)),
    // AWS's metadata service over IPv6.
    IpNet::V6(Ipv6Net::new_assert(
        Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
        128,
    )),
];

/// Networks that are nobody's on the internet.
const PRIVATE: [IpNet; 6] = [
    v4(10, 0, 0, 0, 8),
    v4(172, 16, 0, 0, 12),
    v4(192, 168, 0, 0, 16),
    v4(100, 64, 0, 0, 10),
    v4(224, 0, 0, 0, 3),
    v6(0xfc00, 7),
];

/// What stays shut: for every tenant, whatever its spec says.
pub(super) fn shut(facts: &Facts, settings: &Settings) -> Vec<IpNet> {
    NEVER
        .into_iter()
        .chain(settings.cluster_networks.iter().map(IpNet::trunc))
        .chain(facts.api_server.iter().map(|address| IpNet::from(*address)))
        .collect()
}

/// A network without what stays shut in it.
pub(super) fn network(
    field: &'static str,
    text: &str,
    facts: &Facts,
    settings: &Settings,
) -> Result<Peer, Invalid> {
    let network = text
        .parse::<IpNet>()
        .map(|network| network.trunc())
        .map_err(|_| Invalid::Spec {
            field,
            message: format!("{text} is no network such as 10.0.0.0/8"),
        })?;
    let shut = shut(facts, settings);
    if shut.iter().any(|shut| shut.contains(&network)) {
        return Err(Invalid::ForbiddenNetwork {
            field,
            peer: text.to_owned(),
            why: "lies in a network that stays shut: the cluster's own, the API server, the metadata address or the node",
        });
    }
    Ok(without(network, &shut))
}

/// The internet, for endpoints that are known by a name only: a `NetworkPolicy` cannot hold a name.
pub(super) fn internet(facts: &Facts, settings: &Settings) -> Vec<Peer> {
    let mut shut = shut(facts, settings);
    shut.extend(PRIVATE);
    [v4(0, 0, 0, 0, 0), v6(0, 0)]
        .map(|all| without(all, &shut))
        .into()
}

/// Only what lies in `network` may be excepted from it, and nothing twice.
fn without(network: IpNet, shut: &[IpNet]) -> Peer {
    let mut except: Vec<IpNet> = shut
        .iter()
        .filter(|one| network.contains(*one) && **one != network)
        .filter(|one| {
            !shut
                .iter()
                .any(|other| *other != **one && other.contains(*one))
        })
        .copied()
        .collect();
    except.sort();
    except.dedup();
    Peer::Network { network, except }
}

pub(super) fn is_shut(address: IpAddr, facts: &Facts, settings: &Settings) -> bool {
    shut(facts, settings)
        .iter()
        .any(|shut| shut.contains(&address))
}

/// Who may call the MCP port, beside the operator's verifier.
pub(super) fn ingress(
    spec: &TenantSpec,
    exposure: &ValidExposure,
    facts: &Facts,
    settings: &Settings,
) -> Result<Vec<Peer>, Invalid> {
    const FIELD: &str = "spec.network.ingressFrom";
    let door = match exposure {
        ValidExposure::ClusterInternal => None,
        ValidExposure::Gateway { namespace, .. } => Some(all_of(namespace)),
        ValidExposure::Ingress { .. } => settings.ingress_namespace.as_ref().map(all_of),
    };
    let mut peers: Vec<Peer> = door.into_iter().collect();
    for peer in &spec.network.ingress_from {
        peers.push(match &peer.cidr {
            Some(cidr) => network(FIELD, cidr.as_str(), facts, settings)?,
            None => Peer::Pods {
                no_tenant: !peer.namespace_labels.is_empty(),
                namespaces: super::texts(&peer.namespace_labels, |value| value.as_str()),
                pods: super::texts(&peer.pod_labels, |value| value.as_str()),
            },
        });
    }
    Ok(peers)
}

pub(super) fn dns(spec: &TenantSpec) -> Peer {
    let label = |key: &str, value: &str| Labels::from([(key.to_owned(), value.to_owned())]);
    match &spec.network.dns_peer {
        Some(peer) => Peer::Pods {
            namespaces: super::texts(&peer.namespace_labels, |value| value.as_str()),
            pods: super::texts(&peer.pod_labels, |value| value.as_str()),
            no_tenant: true,
        },
        None => Peer::Pods {
            namespaces: label(NAMESPACE_NAME, "kube-system"),
            pods: label("k8s-app", "kube-dns"),
            no_tenant: false,
        },
    }
}

/// All pods of a namespace.
fn all_of(namespace: &Namespace) -> Peer {
    Peer::Pods {
        namespaces: named(namespace.as_str()),
        pods: Labels::new(),
        no_tenant: true,
    }
}

pub(crate) fn named(namespace: &str) -> Labels {
    Labels::from([(NAMESPACE_NAME.to_owned(), namespace.to_owned())])
}
