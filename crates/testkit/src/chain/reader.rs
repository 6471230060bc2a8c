//! Answers of one healthy endpoint, or the scripted failure.

use async_trait::async_trait;
use vaultpilot_core::{Address, B256, BaseUnits, Call, ChainId, Token};
use vaultpilot_intent::Receipt;
use vaultpilot_ports::chain::{
    ChainError, ChainReader, ChainView, EndpointStatus, FeeQuote, Head, Nonces, Simulation,
    TokenFacts,
};

use super::ledger::{gas_of, movements};
use super::{Ask, FakeChain, World};
use crate::lock;

impl FakeChain {
    fn ask<T>(
        &self,
        chain: ChainId,
        ask: Ask,
        answer: impl FnOnce(&World) -> Result<T, ChainError>,
    ) -> Result<T, ChainError> {
        let mut world = lock(&self.0);
        world.script.ask(ask)?;
        if chain == world.view.id {
            answer(&world)
        } else {
            Err(ChainError::Unknown { chain })
        }
    }
}

#[async_trait]
impl ChainReader for FakeChain {
    fn chains(&self) -> Vec<ChainView> {
        vec![lock(&self.0).view.clone()]
    }

    async fn status(&self, chain: ChainId) -> Result<Vec<EndpointStatus>, ChainError> {
        self.ask(chain, Ask::Status, |world| {
            Ok(vec![EndpointStatus {
                endpoint: "fake://chain".to_owned(),
                healthy: true,
                latency_ms: Some(1),
                head: Some(world.ledger.head().number),
                last_error: None,
            }])
        })
    }

    async fn head(&self, chain: ChainId) -> Result<Head, ChainError> {
        self.ask(chain, Ask::Head, |world| Ok(world.ledger.head()))
    }

    async fn balance(
        &self,
        chain: ChainId,
        account: Address,
        token: Token,
    ) -> Result<BaseUnits, ChainError> {
        self.ask(chain, Ask::Balance, |world| match token {
            Token::Erc20(address) if !world.ledger.tokens.contains_key(&address) => {
                Err(ChainError::NotAToken { address })
            }
            _ => Ok(world.ledger.balance(account, token)),
        })
    }

    async fn token(&self, chain: ChainId, contract: Address) -> Result<TokenFacts, ChainError> {
        self.ask(chain, Ask::Token, |world| {
            let facts = world.ledger.tokens.get(&contract).cloned();
            facts.ok_or(ChainError::NotAToken { address: contract })
        })
    }

    async fn fees(&self, chain: ChainId) -> Result<FeeQuote, ChainError> {
        self.ask(chain, Ask::Fees, |world| Ok(world.ledger.fees))
    }

    async fn nonces(&self, chain: ChainId, account: Address) -> Result<Nonces, ChainError> {
        self.ask(chain, Ask::Nonces, |world| Ok(world.ledger.nonces(account)))
    }

    async fn gas(&self, _from: Address, call: &Call) -> Result<u64, ChainError> {
        self.ask(call.chain, Ask::Gas, |world| {
            Ok(world
                .script
                .gas
                .unwrap_or_else(|| gas_of(call.data.is_empty())))
        })
    }

    async fn simulate(
        &self,
        from: Address,
        call: &Call,
        gas_limit: u64,
    ) -> Result<Simulation, ChainError> {
        self.ask(call.chain, Ask::Simulate, |world| {
            if let Some(scripted) = &world.script.simulation {
                return Ok(scripted.clone());
            }
            let lacks = world.ledger.lacks(from, call, BaseUnits::ZERO);
            let needs = gas_of(call.data.is_empty());
            let error = match lacks {
                Some(token) => Some(format!("insufficient balance of {token}")),
                None if gas_limit < needs => Some("out of gas".to_owned()),
                None => None,
            };
            let succeeded = error.is_none();
            let movements = if succeeded {
                movements(from, call)
            } else {
                Vec::new()
            };
            Ok(Simulation {
                succeeded,
                error,
                gas_used: needs.min(gas_limit),
                movements,
            })
        })
    }

    async fn receipt(&self, chain: ChainId, hash: B256) -> Result<Option<Receipt>, ChainError> {
        self.ask(chain, Ask::Receipt, |world| {
            Ok(world.ledger.receipts.get(&hash).copied())
        })
    }

    async fn knows(&self, chain: ChainId, hash: B256) -> Result<bool, ChainError> {
        self.ask(chain, Ask::Knows, |world| {
            let ledger = &world.ledger;
            Ok(ledger.pool.contains_key(&hash) || ledger.receipts.contains_key(&hash))
        })
    }
}
