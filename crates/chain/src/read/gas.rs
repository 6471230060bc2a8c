//! How much gas a call needs.

use alloy::primitives::{Address, U64};
use vaultpilot_core::Call;
use vaultpilot_ports::ChainError;

use super::unreadable;
use crate::chains::Network;
use crate::node::CallError;
use crate::revert;
use crate::wire::{CallRequest, LATEST};

/// A fifth more than the estimate: the state may be another one when the call is mined.
pub(super) async fn estimate(
    network: &Network,
    from: Address,
    call: &Call,
) -> Result<u64, ChainError> {
    let request = CallRequest::new(from, call);
    let answer = network
        .pool
        .call::<_, U64>("eth_estimateGas", (request, LATEST))
        .await;
    let needed: u64 = answer.map_err(|error| would_fail(network, &error))?.to();
    needed
        .checked_add(needed / 5)
        .ok_or_else(|| unreadable(network, "a gas need out of range"))
}

fn would_fail(network: &Network, error: &CallError) -> ChainError {
    let detail = match error {
        CallError::Refused(payload) => revert::failure(payload),
        _ => None,
    };
    detail.map_or_else(
        || network.error(error),
        |detail| ChainError::Reverted { detail },
    )
}
