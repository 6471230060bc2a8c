//! Reads. Each question in its own file; this one hands them out.

mod balance;
mod fees;
mod gas;
mod head;
mod receipt;
mod simulate;
mod status;
mod token;

use alloy::primitives::{Address, B256, U64};
use async_trait::async_trait;
use vaultpilot_core::{BaseUnits, Call, ChainId, Token};
use vaultpilot_intent::Receipt;
use vaultpilot_ports::chain::{
    ChainView, EndpointStatus, FeeQuote, Head, Nonces, Simulation, TokenFacts,
};
use vaultpilot_ports::{ChainError, ChainReader};

use crate::chains::{Chains, Network};
use crate::wire::LATEST;

#[async_trait]
impl ChainReader for Chains {
    fn chains(&self) -> Vec<ChainView> {
        self.networks()
            .iter()
            .map(|network| network.view.clone())
            .collect()
    }

    async fn status(&self, chain: ChainId) -> Result<Vec<EndpointStatus>, ChainError> {
        Ok(status::probe(self.network(chain)?).await)
    }

    async fn head(&self, chain: ChainId) -> Result<Head, ChainError> {
        let network = self.network(chain)?;
        network.head.get_or(head::fetch(network)).await
    }

    async fn balance(
        &self,
        chain: ChainId,
        account: Address,
        token: Token,
    ) -> Result<BaseUnits, ChainError> {
        balance::fetch(self.network(chain)?, account, token).await
    }

    async fn token(&self, chain: ChainId, contract: Address) -> Result<TokenFacts, ChainError> {
        let network = self.network(chain)?;
        if let Some(facts) = network.remembered(contract) {
            return Ok(facts);
        }
        let facts = token::fetch(network, contract).await?;
        network.remember(contract, &facts);
        Ok(facts)
    }

    async fn fees(&self, chain: ChainId) -> Result<FeeQuote, ChainError> {
        let network = self.network(chain)?;
        network.fees.get_or(fees::fetch(network)).await
    }

    async fn nonces(&self, chain: ChainId, account: Address) -> Result<Nonces, ChainError> {
        let network = self.network(chain)?;
        let count = |tag| network.pool.call("eth_getTransactionCount", (account, tag));
        let (latest, pending) = futures::try_join!(count(LATEST), count("pending"))
            .map_err(|error| network.error(&error))?;
        Ok(nonces(latest, pending))
    }

    async fn gas(&self, from: Address, call: &Call) -> Result<u64, ChainError> {
        gas::estimate(self.network(call.chain)?, from, call).await
    }

    async fn simulate(
        &self,
        from: Address,
        call: &Call,
        gas_limit: u64,
    ) -> Result<Simulation, ChainError> {
        simulate::run(self.network(call.chain)?, from, call, gas_limit).await
    }

    async fn receipt(&self, chain: ChainId, hash: B256) -> Result<Option<Receipt>, ChainError> {
        receipt::fetch(self.network(chain)?, hash).await
    }

    async fn knows(&self, chain: ChainId, hash: B256) -> Result<bool, ChainError> {
        receipt::is_known(self.network(chain)?, hash).await
    }
}

/// The two counts are taken one after the other, maybe by two nodes; the pool never has less than
/// the chain.
fn nonces(latest: U64, pending: U64) -> Nonces {
    let latest = latest.to();
    Nonces {
        latest,
        pending: pending.to::<u64>().max(latest),
    }
}

/// An answer that has the right form but cannot be true.
fn unreadable(network: &Network, detail: &str) -> ChainError {
    ChainError::Unreadable {
        chain: network.id(),
        detail: detail.to_owned(),
    }
}
