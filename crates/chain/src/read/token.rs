//! What a token contract says of itself.

use alloy::primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall, SolValue, sol};
use vaultpilot_ports::ChainError;
use vaultpilot_ports::chain::TokenFacts;

use crate::chains::Network;
use crate::node::CallError;
use crate::revert;
use crate::text::plain;
use crate::wire::{CallRequest, LATEST};

sol! {
    interface IERC20 {
        event Transfer(address indexed from, address indexed to, uint256 value);
        function balanceOf(address owner) external view returns (uint256);
        function decimals() external view returns (uint256);
        function symbol() external view returns (string);
        function name() external view returns (string);
    }
}

/// Longest symbol or name, in characters.
const LONGEST_WORD: usize = 64;

/// Without decimals it is no token anybody can count. Symbol and name are optional in ERC-20.
pub(super) async fn fetch(network: &Network, contract: Address) -> Result<TokenFacts, ChainError> {
    let (decimals, symbol, name) = futures::try_join!(
        view(network, contract, IERC20::decimalsCall {}.abi_encode()),
        view(network, contract, IERC20::symbolCall {}.abi_encode()),
        view(network, contract, IERC20::nameCall {}.abi_encode()),
    )?;
    let decimals = decimals
        .and_then(|data| U256::abi_decode(&data).ok())
        .and_then(|value| u8::try_from(value).ok())
        .ok_or(ChainError::NotAToken { address: contract })?;
    let words = |data: Option<Bytes>| data.and_then(|data| word(&data)).unwrap_or_default();
    Ok(TokenFacts {
        decimals,
        symbol: words(symbol),
        name: words(name),
    })
}

/// Asks a contract. `None` when it reverts: that is an answer, too.
pub(super) async fn view(
    network: &Network,
    contract: Address,
    question: Vec<u8>,
) -> Result<Option<Bytes>, ChainError> {
    let request = CallRequest::view(contract, question.into());
    match network.pool.call("eth_call", (request, LATEST)).await {
        Ok(answer) => Ok(Some(answer)),
        Err(CallError::Refused(payload)) if revert::failure(&payload).is_some() => Ok(None),
        Err(error) => Err(network.error(&error)),
    }
}

/// A string, or the 32 bytes that the oldest tokens give instead.
fn word(data: &[u8]) -> Option<String> {
    if let Ok(fixed) = <[u8; 32]>::try_from(data) {
        let length = fixed
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(fixed.len());
        return Some(plain(
            &String::from_utf8_lossy(&fixed[..length]),
            LONGEST_WORD,
        ));
    }
    String::abi_decode(data)
        .ok()
        .map(|text| plain(&text, LONGEST_WORD))
}

#[cfg(test)]
mod tests;
