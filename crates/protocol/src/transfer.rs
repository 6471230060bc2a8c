//! Builds the call that moves an asset to a recipient.

use alloy_primitives::{Address, Bytes};
use alloy_sol_types::SolCall;
use vaultpilot_core::{Asset, BaseUnits, Call, Token};

use crate::Erc20;

/// The call that moves `amount` of `asset` to `recipient`.
pub fn transfer(asset: Asset, amount: BaseUnits, recipient: Address) -> Call {
    match asset.token {
        Token::Native => Call {
            chain: asset.chain,
            to: recipient,
            value: amount,
            data: Bytes::new(),
        },
        Token::Erc20(contract) => Call {
            chain: asset.chain,
            to: contract,
            value: BaseUnits::ZERO,
            data: Erc20::transferCall {
                to: recipient,
                amount: amount.0,
            }
            .abi_encode()
            .into(),
        },
    }
}
