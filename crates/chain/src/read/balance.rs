//! What an account has.

use alloy::primitives::{Address, U256};
use alloy_sol_types::SolCall;
use vaultpilot_core::{BaseUnits, Token};
use vaultpilot_ports::ChainError;

use super::token::{IERC20, view};
use crate::chains::Network;
use crate::wire::LATEST;

pub(super) async fn fetch(
    network: &Network,
    account: Address,
    token: Token,
) -> Result<BaseUnits, ChainError> {
    match token {
        Token::Native => network
            .pool
            .call::<_, U256>("eth_getBalance", (account, LATEST))
            .await
            .map(BaseUnits)
            .map_err(|error| network.error(&error)),
        Token::Erc20(contract) => {
            let question = IERC20::balanceOfCall { owner: account }.abi_encode();
            let answer = view(network, contract, question).await?;
            // No code answers with nothing; a contract of another kind reverts or answers oddly.
            answer
                .and_then(|data| IERC20::balanceOfCall::abi_decode_returns(&data).ok())
                .map(BaseUnits)
                .ok_or(ChainError::NotAToken { address: contract })
        }
    }
}
