//! From objects to a packet filter: one table, replaced whole.
//!
//! A packet is judged twice: by what its sender may send, then by what its receiver may receive;
//! each by a chain of the pod's own where a policy isolates it. Answers within a connection that was
//! allowed pass. What the node itself begins, probes above all, is not judged, as everywhere.

use super::address::{self, Addresses};
use super::object::{Direction, Namespace, Peer, Pod, Policy, PolicyPort, World};
use super::peer::{self, Peers};
use super::port;
use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::ptr;

pub(super) const TABLE: &str = "vaultpilot_policy";

/// A pod with what is known of it.
#[derive(Debug)]
pub(super) struct Known<'a> {
    pub(super) pod: &'a Pod,
    pub(super) namespace: Option<&'a Namespace>,
    pub(super) addresses: BTreeSet<Ipv4Addr>,
}

/// The side of a packet on which the peer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Source,
    Destination,
}

impl Side {
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Source => "ip saddr",
            Self::Destination => "ip daddr",
        }
    }
}

/// The whole filter as `nft` reads it; `range` holds the addresses of all pods.
pub(super) fn render(world: &World, given: &Addresses, range: &str) -> String {
    let pods = known(world, given);
    let mut chains = String::new();
    let mut maps = [Vec::new(), Vec::new()];
    for (number, known) in pods.iter().enumerate() {
        let directions = [Direction::Egress, Direction::Ingress];
        for (direction, map) in directions.into_iter().zip(&mut maps) {
            if let Some(rules) = rules(&world.policies, known, &pods, direction) {
                let chain = format!("pod{number}_{}", word(direction));
                chains.push_str(&pod_chain(&chain, known.pod, direction, &rules));
                let addresses = known.addresses.iter();
                map.extend(addresses.map(|address| format!("{address} : jump {chain}")));
            }
        }
    }
    let addresses: Vec<_> = pods
        .iter()
        .flat_map(|known| &known.addresses)
        .map(Ipv4Addr::to_string)
        .collect();
    let maps = maps.map(|map| map.join(", "));
    table(range, &addresses.join(", "), &maps, &chains)
}

fn known<'a>(world: &'a World, given: &Addresses) -> Vec<Known<'a>> {
    let pods: Vec<_> = world.pods.iter().filter(|pod| pod.on_network()).collect();
    let owners = address::owners(&pods, given);
    let of = |pod: &Pod| {
        let own = owners.iter().filter(|(_, owner)| ptr::eq(**owner, pod));
        own.map(|(&address, _)| address).collect()
    };
    pods.iter()
        .map(|&pod| Known {
            pod,
            namespace: world
                .namespaces
                .iter()
                .find(|namespace| namespace.metadata.name == pod.metadata.namespace),
            addresses: of(pod),
        })
        .filter(|known| !known.addresses.is_empty())
        .collect()
}

/// The rules that let something through; nothing when no policy isolates the pod.
fn rules(
    policies: &[Policy],
    known: &Known<'_>,
    pods: &[Known<'_>],
    direction: Direction,
) -> Option<Vec<String>> {
    let mut isolating = policies
        .iter()
        .filter(|policy| policy.isolates(direction) && policy.selects(known.pod))
        .peekable();
    isolating.peek()?;
    let mut rules = Vec::new();
    for policy in isolating {
        for (peers, ports) in sides(policy, direction) {
            let namespace = &policy.metadata.namespace;
            for peers in peer::resolve(peers, namespace, pods, side(direction)) {
                allow(&peers, ports, known, pods, direction, &mut rules);
            }
        }
    }
    Some(rules)
}

fn sides(policy: &Policy, direction: Direction) -> Vec<(&[Peer], &[PolicyPort])> {
    let spec = &policy.spec;
    match direction {
        Direction::Ingress => spec
            .ingress
            .iter()
            .map(|rule| (&*rule.from, &*rule.ports))
            .collect(),
        Direction::Egress => spec
            .egress
            .iter()
            .map(|rule| (&*rule.to, &*rule.ports))
            .collect(),
    }
}

fn side(direction: Direction) -> Side {
    match direction {
        Direction::Ingress => Side::Source,
        Direction::Egress => Side::Destination,
    }
}

fn allow(
    peers: &Peers<'_>,
    ports: &[PolicyPort],
    own: &Known<'_>,
    pods: &[Known<'_>],
    direction: Direction,
    rules: &mut Vec<String>,
) {
    let side = side(direction);
    if ports.is_empty() {
        rules.extend(peers.comparison(side).map(|peer| format!("{peer}accept")));
        return;
    }
    for port in ports {
        if port::is_named(port) && direction == Direction::Egress {
            // The name means another number at each receiver.
            let receivers: Vec<_> = match peers {
                Peers::Anybody => pods.iter().collect(),
                Peers::Pods(pods) => pods.clone(),
                Peers::Block(_) => Vec::new(),
            };
            for receiver in receivers {
                let to = Peers::Pods(vec![receiver]).comparison(side);
                let rule = to.zip(port::comparison(port, Some(receiver.pod)));
                rules.extend(rule.map(|(to, port)| format!("{to}{port}accept")));
            }
        } else {
            let rule = peers
                .comparison(side)
                .zip(port::comparison(port, Some(own.pod)));
            rules.extend(rule.map(|(peer, port)| format!("{peer}{port}accept")));
        }
    }
}

fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "ingress",
        Direction::Egress => "egress",
    }
}

fn pod_chain(chain: &str, pod: &Pod, direction: Direction, rules: &[String]) -> String {
    let (namespace, name) = (&pod.metadata.namespace, &pod.metadata.name);
    let word = word(direction);
    let rules: Vec<_> = rules.iter().map(|rule| format!("    {rule}\n")).collect();
    let rules = rules.concat();
    format!(
        "  # {namespace}/{name}
  chain {chain} {{
{rules}    counter name denied_{word} drop
  }}
"
    )
}

fn table(range: &str, pods: &str, [egress, ingress]: &[String; 2], chains: &str) -> String {
    let elements = |list: &str| match list {
        "" => String::new(),
        list => format!(" elements = {{ {list} }};"),
    };
    let [pods, egress, ingress] = [pods, egress, ingress].map(elements);
    format!(
        "table ip {TABLE} {{ }}
delete table ip {TABLE}
table ip {TABLE} {{
  counter denied_egress {{ }}
  counter denied_ingress {{ }}
  counter denied_unknown {{ }}
  set pods {{ type ipv4_addr;{pods} }}
{chains}  map egress_of {{ type ipv4_addr : verdict;{egress} }}
  map ingress_of {{ type ipv4_addr : verdict;{ingress} }}
  chain egress {{
    ct state established,related accept
    iifname \"lo\" accept
    ip saddr {range} ip saddr != @pods counter name denied_unknown drop
    ip saddr vmap @egress_of
  }}
  chain ingress {{
    ct state established,related accept
    ip daddr {range} ip daddr != @pods counter name denied_unknown drop
    ip daddr vmap @ingress_of
  }}
  chain sent_on {{ type filter hook forward priority 0; policy accept; jump egress; }}
  chain sent_to_node {{ type filter hook input priority 0; policy accept; jump egress; }}
  chain received {{ type filter hook forward priority 1; policy accept; jump ingress; }}
}}
"
    )
}
