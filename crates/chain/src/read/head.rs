//! The newest block.

use vaultpilot_ports::ChainError;
use vaultpilot_ports::chain::Head;

use crate::chains::Network;
use crate::wire::{BlockHeader, LATEST};

pub(super) async fn fetch(network: &Network) -> Result<Head, ChainError> {
    let block: BlockHeader = network
        .pool
        .call("eth_getBlockByNumber", (LATEST, false))
        .await
        .map_err(|error| network.error(&error))?;
    Ok(Head {
        number: block.number.to(),
        hash: block.hash,
        timestamp: block.timestamp.to(),
    })
}
