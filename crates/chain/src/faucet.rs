//! Test coins.

use alloy::primitives::{Address, B256};
use async_trait::async_trait;
use vaultpilot_core::{BaseUnits, ChainId};
use vaultpilot_ports::{ChainError, Faucet};

use crate::chains::{Chains, Network};
use crate::node::CallError;
use crate::revert;
use crate::spec::FaucetKind;
use crate::wire::SendRequest;

#[async_trait]
impl Faucet for Chains {
    async fn fund(
        &self,
        chain: ChainId,
        account: Address,
        amount: BaseUnits,
    ) -> Result<B256, ChainError> {
        let network = self.network(chain)?;
        match network.faucet {
            FaucetKind::None => Err(ChainError::NoFaucet { chain }),
            FaucetKind::DevAccount => send(network, account, amount).await,
        }
    }
}

/// Asks one endpoint once: a second try after a lost answer would fund twice.
async fn send(network: &Network, to: Address, amount: BaseUnits) -> Result<B256, ChainError> {
    let chain = network.id();
    let (accounts, node) = network
        .pool
        .call_first::<_, Vec<Address>>("eth_accounts", ())
        .await
        .map_err(|error| network.error(&error))?;
    let from = *accounts.first().ok_or(ChainError::NoFaucet { chain })?;
    let request = SendRequest {
        from,
        to,
        value: amount.0,
    };
    let sent = node.call("eth_sendTransaction", (request,)).await;
    sent.map_err(|error| match &error {
        CallError::Refused(payload) => match revert::failure(payload) {
            Some(detail) => ChainError::Reverted { detail },
            None => network.error(&error),
        },
        _ => network.error(&error),
    })
}
