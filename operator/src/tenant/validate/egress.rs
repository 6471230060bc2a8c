//! Whom the pods may call: the RPC endpoints of the tenant's chains, and what its spec adds.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;
use vaultpilot_core::TenantName;
use vaultpilot_crds::tenant::{PortProtocol, TenantSpec};

use super::endpoint::object;
use super::network::{internet, is_shut, named, network};
use crate::settings::Settings;
use crate::tenant::facts::{Facts, PodPort, ServiceName};
use crate::tenant::invalid::Invalid;
use crate::tenant::valid::{Egress, Peer, Port, Protocol, Rpc, ValidChain};

const ENDPOINTS: &str = "spec.chains[].endpoints";

/// An endpoint as far as the network is concerned.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    host: Host,
    port: u16,
}

#[derive(Debug, PartialEq, Eq)]
enum Host {
    Address(IpAddr),
    Service(ServiceName),
    Name,
}

pub(super) fn chains(spec: &TenantSpec, settings: &Settings) -> Result<Vec<ValidChain>, Invalid> {
    let urls = |urls: Vec<String>| Rpc::Urls {
        private: urls
            .iter()
            .any(|url| target(url, settings).is_some_and(|target| target.host != Host::Name)),
        urls,
    };
    spec.chains
        .iter()
        .filter(|chain| chain.enabled)
        .map(|chain| {
            let id = chain.id.as_str();
            let rpc = match &chain.rpc_secret_ref {
                Some(secret) => Rpc::Secret {
                    name: object("spec.chains[].rpcSecretRef.name", secret.name.as_str())?,
                    key: secret.key.clone(),
                },
                None if !chain.endpoints.is_empty() => {
                    urls(chain.endpoints.iter().map(ToString::to_string).collect())
                }
                None => match settings.chains.get(id) {
                    Some(known) => urls(known.clone()),
                    None => {
                        return Err(Invalid::Spec {
                            field: "spec.chains",
                            message: format!(
                                "{id} has no endpoints of its own, and the operator knows none"
                            ),
                        });
                    }
                },
            };
            Ok(ValidChain {
                id: id.parse().map_err(|_| Invalid::Spec {
                    field: "spec.chains[].id",
                    message: format!("{id} is no chain such as eip155:8453"),
                })?,
                rpc,
                confirmations: chain.confirmations.and_then(|n| u32::try_from(n).ok()),
            })
        })
        .collect()
}

/// The Services that endpoints of the spec name: what has to be looked up before.
pub(crate) fn services_named(spec: &TenantSpec, settings: &Settings) -> BTreeSet<ServiceName> {
    let own = spec.chains.iter().flat_map(|chain| &chain.endpoints);
    let ours = settings.chains.values().flatten().map(String::as_str);
    own.map(vaultpilot_crds::value::Url::as_str)
        .chain(ours)
        .filter_map(|url| match target(url, settings)?.host {
            Host::Service(name) => Some(name),
            _ => None,
        })
        .collect()
}

pub(super) fn validate(
    tenant: &TenantName,
    spec: &TenantSpec,
    chains: &[ValidChain],
    facts: &Facts,
    settings: &Settings,
) -> Result<Vec<Egress>, Invalid> {
    let mut open: BTreeMap<Peer, BTreeSet<(u8, String)>> = BTreeMap::new();
    let mut egress = Vec::new();
    let mut add = |to: Vec<Peer>, port: PodPort| {
        let key = match &port {
            PodPort::Number(number) => (0, format!("{number:05}")),
            PodPort::Name(name) => (1, name.clone()),
        };
        let first = to.first().cloned();
        // The same peer and port again opens nothing more.
        let new = first.is_some_and(|peer| open.entry(peer).or_default().insert(key));
        if new {
            egress.push(Egress {
                to,
                ports: vec![Port {
                    protocol: Protocol::Tcp,
                    port,
                }],
            });
        }
    };
    for chain in chains {
        match &chain.rpc {
            // What the Secret says is not known here; endpoints with a credential are on the internet.
            Rpc::Secret { .. } => add(internet(facts, settings), PodPort::Number(443)),
            Rpc::Urls { urls, .. } => {
                for url in urls {
                    let (to, port) = reach(tenant, url, facts, settings)?;
                    add(to, port);
                }
            }
        }
    }
    for extra in &spec.network.extra_egress {
        const FIELD: &str = "spec.network.extraEgress";
        egress.push(Egress {
            to: vec![network(FIELD, extra.cidr.as_str(), facts, settings)?],
            ports: extra
                .ports
                .iter()
                .map(|port| Port {
                    protocol: match port.protocol {
                        PortProtocol::Tcp => Protocol::Tcp,
                        PortProtocol::Udp => Protocol::Udp,
                    },
                    port: PodPort::Number(u16::try_from(port.port).unwrap_or_default()),
                })
                .collect(),
        });
    }
    Ok(egress)
}

fn reach(
    tenant: &TenantName,
    url: &str,
    facts: &Facts,
    settings: &Settings,
) -> Result<(Vec<Peer>, PodPort), Invalid> {
    let forbidden = |why| Invalid::ForbiddenNetwork {
        field: ENDPOINTS,
        peer: url.to_owned(),
        why,
    };
    let Target { host, port } = target(url, settings).ok_or_else(|| Invalid::Spec {
        field: ENDPOINTS,
        message: format!("{url} is no URL of http or https"),
    })?;
    match host {
        Host::Name => Ok((internet(facts, settings), PodPort::Number(port))),
        Host::Address(address) if is_shut(address, facts, settings) => Err(forbidden(
            "lies in a network that stays shut: the cluster's own, the API server, the metadata address or the node",
        )),
        Host::Address(address) => {
            let peer = Peer::Network {
                network: IpNet::from(address),
                except: Vec::new(),
            };
            Ok((vec![peer], PodPort::Number(port)))
        }
        Host::Service(name) if name.namespace == settings.system_namespace.as_str() => {
            Err(forbidden("is a Service of the control plane"))
        }
        Host::Service(name) => {
            let missing = || Invalid::ServiceNotFound {
                field: ENDPOINTS,
                namespace: name.namespace.clone(),
                name: name.name.clone(),
            };
            let service = facts.services.get(&name).ok_or_else(missing)?;
            if service
                .tenant
                .as_ref()
                .is_some_and(|of| of != tenant.as_str())
            {
                return Err(forbidden("is a Service of another tenant"));
            }
            let pod_port = service.ports.get(&port).ok_or_else(missing)?;
            // A Service without a selector sends traffic to wherever its endpoints say.
            if service.selector.is_empty() {
                return Err(forbidden("is a Service that selects no pods"));
            }
            let peer = Peer::Pods {
                namespaces: named(&name.namespace),
                pods: service.selector.clone(),
                no_tenant: service.tenant.is_none(),
            };
            Ok((vec![peer], pod_port.clone()))
        }
    }
}

fn target(url: &str, settings: &Settings) -> Option<Target> {
    let (scheme, rest) = url.split_once("://")?;
    let default = match scheme {
        "https" => 443,
        "http" => 80,
        _ => return None,
    };
    let authority = rest.split(['/', '?', '#']).next()?;
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (authority, default),
    };
    if host.is_empty() || host.contains('@') {
        return None;
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let host = match bare.parse::<IpAddr>() {
        Ok(address) => Host::Address(address.to_canonical()),
        Err(_) => service(bare, &settings.cluster_domain).map_or(Host::Name, Host::Service),
    };
    Some(Target { host, port })
}

/// `name.namespace.svc`, with or without the cluster's domain.
fn service(host: &str, domain: &str) -> Option<ServiceName> {
    let host = host.trim_end_matches('.');
    let host = host
        .strip_suffix(domain)
        .map_or(host, |host| host.trim_end_matches('.'));
    let mut parts = host.strip_suffix(".svc")?.split('.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(name), Some(namespace), None) => Some(ServiceName {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }),
        _ => None,
    }
}
