//! What a transaction costs now.

use alloy::primitives::U128;
use vaultpilot_core::Wei;
use vaultpilot_ports::ChainError;
use vaultpilot_ports::chain::FeeQuote;

use super::unreadable;
use crate::chains::Network;
use crate::node::CallError;
use crate::wire::{FeeHistory, LATEST};

/// Blocks looked at for the tip when the node suggests none.
const BLOCKS: &str = "0x4";
const MEDIAN: [u8; 1] = [50];

/// The base fee is the next block's. The cap leaves room for it to double: six full blocks in a row.
pub(super) async fn fetch(network: &Network) -> Result<FeeQuote, ChainError> {
    let history = network
        .pool
        .call("eth_feeHistory", (BLOCKS, LATEST, MEDIAN));
    let tip = network.pool.call::<_, U128>("eth_maxPriorityFeePerGas", ());
    let (history, tip): (Result<FeeHistory, _>, _) = futures::join!(history, tip);
    let history = history.map_err(|error| network.error(&error))?;
    let tip = match tip {
        Ok(tip) => tip.to(),
        // Not every node has the method; what others paid says the same.
        Err(CallError::Unable(_) | CallError::Refused(_)) => usual_tip(&history),
        Err(error) => return Err(network.error(&error)),
    };
    let base = history.base_fee_per_gas.last().map(U128::to::<u128>);
    base.and_then(|base| quote(base, tip))
        .ok_or_else(|| unreadable(network, "no base fee that fits"))
}

/// The highest of the last blocks' medians: empty blocks say zero.
fn usual_tip(history: &FeeHistory) -> u128 {
    let medians = history.reward.iter().flatten().flatten();
    medians.map(U128::to::<u128>).max().unwrap_or_default()
}

fn quote(base: u128, tip: u128) -> Option<FeeQuote> {
    let cap = base.checked_mul(2)?.checked_add(tip)?;
    Some(FeeQuote {
        base_fee: Wei(base),
        max_fee_per_gas: Wei(cap),
        max_priority_fee_per_gas: Wei(tip),
    })
}

#[cfg(test)]
mod tests;
