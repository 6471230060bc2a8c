//! What a call would do, by `eth_simulateV1`.
//!
//! Without validation: the question is what the call does, not whether this nonce and these fees
//! would be mined. Neither is decided yet when plans are simulated, validation would make the
//! answer depend on them, and fees are judged by their own rule. The value sent must still be
//! there: every node checks that while executing.

use alloy::primitives::{Address, B256, U256, address};
use alloy_sol_types::SolEvent;
use vaultpilot_core::{Asset, BaseUnits, Call, ChainId};
use vaultpilot_ports::ChainError;
use vaultpilot_ports::chain::{Movement, Simulation};

use super::token::IERC20;
use super::unreadable;
use crate::chains::Network;
use crate::node::CallError;
use crate::revert::{self, REASON_LIMIT};
use crate::text::plain;
use crate::wire::{
    CallOutcome, CallRequest, LATEST, LogEntry, SimulatedBlock, SimulatedCalls, SimulationRequest,
};

/// Where nodes let movements of the native coin come from. No contract can stand there.
const NATIVE: [Address; 2] = [
    address!("eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"),
    Address::ZERO,
];

pub(super) async fn run(
    network: &Network,
    from: Address,
    call: &Call,
    gas_limit: u64,
) -> Result<Simulation, ChainError> {
    let request = SimulationRequest {
        block_state_calls: [SimulatedCalls {
            calls: [CallRequest::new(from, call).with_gas(gas_limit)],
        }],
        trace_transfers: true,
        validation: false,
    };
    let answer = network.pool.call("eth_simulateV1", (request, LATEST)).await;
    let blocks: Vec<SimulatedBlock> = match answer {
        Ok(blocks) => blocks,
        Err(error) => return not_executed(network, &error),
    };
    let outcome = match <[SimulatedBlock; 1]>::try_from(blocks) {
        Ok([block]) => <[CallOutcome; 1]>::try_from(block.calls).ok(),
        Err(_) => None,
    };
    let Some([outcome]) = outcome else {
        return Err(unreadable(network, "not the one call that was simulated"));
    };
    Ok(read(network.id(), &outcome))
}

/// A call that cannot even start, for want of funds for example, is an error of the whole request.
fn not_executed(network: &Network, error: &CallError) -> Result<Simulation, ChainError> {
    match error {
        CallError::Refused(payload) => match revert::failure(payload) {
            Some(reason) => Ok(Simulation {
                succeeded: false,
                error: Some(reason),
                gas_used: 0,
                movements: Vec::new(),
            }),
            None => Err(network.error(error)),
        },
        _ => Err(network.error(error)),
    }
}

fn read(chain: ChainId, outcome: &CallOutcome) -> Simulation {
    let succeeded = outcome.status.to::<u64>() == 1;
    let error = (!succeeded).then(|| {
        let words = || {
            outcome
                .error
                .as_ref()
                .map(|error| plain(&error.message, REASON_LIMIT))
        };
        revert::reason(&outcome.return_data)
            .or_else(words)
            .unwrap_or_default()
    });
    // What was undone did not move.
    let logs = if succeeded {
        outcome.logs.as_slice()
    } else {
        &[]
    };
    Simulation {
        succeeded,
        error,
        gas_used: outcome.gas_used.to(),
        movements: logs.iter().filter_map(|log| movement(chain, log)).collect(),
    }
}

/// A transfer of coins or of an ERC-20 token. ERC-721 has the same event with a fourth topic: its
/// number is no amount.
fn movement(chain: ChainId, log: &LogEntry) -> Option<Movement> {
    let [IERC20::Transfer::SIGNATURE_HASH, from, to] = *log.topics.as_slice() else {
        return None;
    };
    let amount = U256::from_be_bytes(<[u8; 32]>::try_from(log.data.as_ref()).ok()?);
    let asset = if NATIVE.contains(&log.address) {
        Asset::native(chain)
    } else {
        Asset::erc20(chain, log.address)
    };
    Some(Movement {
        asset,
        from: account(from)?,
        to: account(to)?,
        amount: BaseUnits(amount),
    })
}

fn account(topic: B256) -> Option<Address> {
    let clean = topic[..12].iter().all(|byte| *byte == 0);
    clean.then(|| Address::from_word(topic))
}

#[cfg(test)]
mod tests;
