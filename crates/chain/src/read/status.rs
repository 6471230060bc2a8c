//! How the endpoints do, asked now.

use alloy::primitives::U64;
use futures::future::join_all;
use tokio::time::Instant;
use vaultpilot_ports::chain::EndpointStatus;

use crate::chains::Network;
use crate::node::Node;

pub(super) async fn probe(network: &Network) -> Vec<EndpointStatus> {
    join_all(network.pool.nodes().iter().map(probe_node)).await
}

/// The chain is asked for again, so a probe finds a URL that has changed hands.
async fn probe_node(node: &Node) -> EndpointStatus {
    node.doubt();
    let identity = node.verify().await;
    let started = Instant::now();
    let head = match identity {
        Ok(()) => node.call::<_, U64>("eth_blockNumber", ()).await,
        Err(error) => Err(error),
    };
    let took = u64::try_from(started.elapsed().as_millis()).ok();
    EndpointStatus {
        endpoint: node.origin.clone(),
        healthy: head.is_ok(),
        latency_ms: took.filter(|_| head.is_ok()),
        last_error: head.as_ref().err().map(ToString::to_string),
        head: head.ok().map(|number| number.to()),
    }
}
