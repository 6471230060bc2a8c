//! Who is on the other side: a part of a rule that compares addresses.

use super::filter::{Known, Side};
use super::object::{IpBlock, Peer};
use std::net::Ipv4Addr;

/// Those a rule speaks of.
#[derive(Debug, Clone)]
pub(super) enum Peers<'a> {
    Anybody,
    Pods(Vec<&'a Known<'a>>),
    Block(String),
}

/// One for each peer; a rule without peers means anybody.
pub(super) fn resolve<'a>(
    peers: &'a [Peer],
    own_namespace: &str,
    pods: &'a [Known<'a>],
    side: Side,
) -> Vec<Peers<'a>> {
    if peers.is_empty() {
        return vec![Peers::Anybody];
    }
    let one = |peer: &'a Peer| match &peer.ip_block {
        Some(block) => block_match(block, side).map(Peers::Block),
        None => Some(Peers::Pods(
            pods.iter()
                .filter(|pod| selects(peer, own_namespace, pod))
                .collect(),
        )),
    };
    peers.iter().filter_map(one).collect()
}

fn selects(peer: &Peer, own_namespace: &str, known: &Known<'_>) -> bool {
    let namespace = match &peer.namespace_selector {
        // One that does not exist has no labels that could be asked for.
        Some(selector) => known
            .namespace
            .is_some_and(|namespace| selector.matches(&namespace.metadata.labels)),
        None => known.pod.metadata.namespace == own_namespace,
    };
    let pod = peer.pod_selector.as_ref();
    namespace && pod.is_none_or(|selector| selector.matches(&known.pod.metadata.labels))
}

/// Nothing for a block of the other family: no packet here is of it.
fn block_match(block: &IpBlock, side: Side) -> Option<String> {
    let field = side.field();
    let cidr = four(&block.cidr)?;
    let within = match cidr {
        "0.0.0.0/0" => String::new(),
        cidr => format!("{field} {cidr} "),
    };
    // One by one: the ranges of a set may not overlap, and these may.
    let except = block.except.iter().filter_map(|cidr| four(cidr));
    let without = except.map(|cidr| format!("{field} != {cidr} "));
    Some(within + &without.collect::<Vec<_>>().concat())
}

fn four(cidr: &str) -> Option<&str> {
    let (address, length) = cidr.split_once('/')?;
    let _: Ipv4Addr = address.parse().ok()?;
    (length.parse::<u8>().ok()? <= 32).then_some(cidr)
}

impl Peers<'_> {
    /// The comparison, with a space after it; nothing when nobody is meant.
    pub(super) fn comparison(&self, side: Side) -> Option<String> {
        match self {
            Self::Anybody => Some(String::new()),
            Self::Block(text) => Some(text.clone()),
            Self::Pods(pods) => {
                let addresses: Vec<_> = pods
                    .iter()
                    .flat_map(|known| &known.addresses)
                    .map(Ipv4Addr::to_string)
                    .collect();
                (!addresses.is_empty())
                    .then(|| format!("{} {{ {} }} ", side.field(), addresses.join(", ")))
            }
        }
    }
}
