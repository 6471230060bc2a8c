//! What became of a transaction.

use alloy::primitives::B256;
use vaultpilot_core::Wei;
use vaultpilot_intent::Receipt;
use vaultpilot_ports::ChainError;

use super::unreadable;
use crate::chains::Network;
use crate::wire::{KnownTransaction, MinedReceipt};

/// One endpoint that has it is enough; that it is missing is believed when every endpoint that
/// answers says so: a lagging node must not make a mined transaction look lost.
pub(super) async fn fetch(network: &Network, hash: B256) -> Result<Option<Receipt>, ChainError> {
    const METHOD: &str = "eth_getTransactionReceipt";
    let (first, asked) = network
        .pool
        .call_first::<_, Option<MinedReceipt>>(METHOD, (hash,))
        .await
        .map_err(|error| network.error(&error))?;
    let found = if first.is_some() {
        first
    } else {
        let others = network
            .pool
            .call_all::<_, Option<MinedReceipt>>(METHOD, (hash,), Some(asked))
            .await;
        others.into_iter().flatten().flatten().next()
    };
    found
        .map(|receipt| read(network, hash, &receipt))
        .transpose()
        .map(Option::flatten)
}

/// `None` for a receipt without a block: some nodes give one for a pooled transaction.
fn read(
    network: &Network,
    hash: B256,
    receipt: &MinedReceipt,
) -> Result<Option<Receipt>, ChainError> {
    if receipt.transaction_hash != hash {
        return Err(unreadable(network, "the receipt of another transaction"));
    }
    let (Some(number), Some(block_hash)) = (receipt.block_number, receipt.block_hash) else {
        return Ok(None);
    };
    Ok(Some(Receipt {
        block_number: number.to(),
        block_hash,
        succeeded: receipt.status.to::<u64>() == 1,
        gas_used: receipt.gas_used.to(),
        effective_gas_price: Wei(receipt.effective_gas_price.to()),
    }))
}

/// Asks every endpoint: pools differ.
pub(super) async fn is_known(network: &Network, hash: B256) -> Result<bool, ChainError> {
    let answers = network
        .pool
        .call_all::<_, Option<KnownTransaction>>("eth_getTransactionByHash", (hash,), None)
        .await;
    let mut unanswered = None;
    let mut answered = false;
    for answer in answers {
        match answer {
            Ok(Some(known)) if known.hash == hash => return Ok(true),
            Ok(_) => answered = true,
            Err(error) => unanswered = Some(error),
        }
    }
    match unanswered {
        Some(error) if !answered => Err(network.error(&error)),
        _ => Ok(false),
    }
}
