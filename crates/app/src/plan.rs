//! What a payment would be: the call, its effects, gas, fees and balances, read from the chain
//! before any transaction is open.

use std::collections::BTreeMap;
use std::sync::Arc;

use vaultpilot_core::{Asset, BaseUnits, Call, ChainId, Effect, Token, Tool, Wallet, Wei};
use vaultpilot_intent::{Digest, Fees};
use vaultpilot_policy::GasFacts;
use vaultpilot_ports::chain::{FeeQuote, fee_caps};
use vaultpilot_ports::control_plane::TransferRequest;
use vaultpilot_ports::{ChainError, Fault};

use crate::App;
use crate::error::OrFault;

/// Gas assumed for judging a call whose estimation reverts: it will not be signed.
const GAS_IF_REVERTING: u64 = 100_000;

/// A payment, fully known and not yet judged.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub decimals: u8,
    pub call: Call,
    pub effects: Vec<Effect>,
    pub fees: Fees,
    pub max_gas_cost: Wei,
    pub balances: BTreeMap<Asset, BaseUnits>,
    /// Why the call would revert, where estimating its gas showed so.
    pub reverts: Option<String>,
    pub request_digest: Digest,
}

impl Plan {
    pub(crate) fn gas(&self) -> GasFacts {
        GasFacts {
            max_cost: self.max_gas_cost,
            max_fee_per_gas: self.fees.max_fee_per_gas,
            max_priority_fee_per_gas: self.fees.max_priority_fee_per_gas,
        }
    }
}

impl App {
    pub(crate) async fn decimals(&self, chain: ChainId, token: Token) -> Result<u8, Fault> {
        match token {
            Token::Native => Ok(18),
            Token::Erc20(contract) => Ok(self.chain.token(chain, contract).await.fault()?.decimals),
        }
    }

    /// Everything about a transfer that only the chain can tell.
    pub(crate) async fn plan(
        &self,
        wallet: &Arc<Wallet>,
        request: &TransferRequest,
    ) -> Result<Plan, Fault> {
        let chain = request.chain;
        if !self.chain.chains().iter().any(|known| known.id == chain) {
            return Err(ChainError::Unknown { chain }).fault();
        }
        if !wallet.is_on(chain) {
            return Err(Fault::invalid(
                "wallet_not_on_chain",
                "chain",
                format!(
                    "wallet {} is not on {chain}; create_wallet adds chains",
                    wallet.label
                ),
            ));
        }
        let asset = Asset {
            chain,
            token: request.token,
        };
        let decimals = self.decimals(chain, request.token).await?;
        let amount = amount(&request.amount, decimals)?;
        if request.token == Token::Erc20(request.to) {
            return Err(Fault::invalid(
                "recipient_is_token",
                "to",
                "the recipient is the token contract itself, where tokens are lost",
            ));
        }
        let call = vaultpilot_protocol::transfer(asset, amount, request.to);
        self.plan_call(wallet, asset, decimals, call).await
    }

    async fn plan_call(
        &self,
        wallet: &Arc<Wallet>,
        asset: Asset,
        decimals: u8,
        call: Call,
    ) -> Result<Plan, Fault> {
        let native = Asset::native(asset.chain);
        let (quote, gas, coin, token) = tokio::join!(
            self.chain.fees(asset.chain),
            self.chain.gas(wallet.address, &call),
            self.chain
                .balance(asset.chain, wallet.address, Token::Native),
            async {
                match asset.token {
                    Token::Native => Ok(None),
                    token @ Token::Erc20(_) => self
                        .chain
                        .balance(asset.chain, wallet.address, token)
                        .await
                        .map(Some),
                }
            },
        );
        let (gas_limit, reverts) = match gas {
            Ok(gas) => (gas, None),
            Err(ChainError::Reverted { detail }) => (GAS_IF_REVERTING, Some(detail)),
            Err(other) => return Err(other).fault(),
        };
        let fees = fee_caps(&quote.fault()?, gas_limit);
        let mut balances = BTreeMap::from([(native, coin.fault()?)]);
        if let Some(balance) = token.fault()? {
            balances.insert(asset, balance);
        }
        Ok(Plan {
            decimals,
            effects: vaultpilot_protocol::decode(wallet.address, &call),
            max_gas_cost: max_cost(&fees)?,
            fees,
            balances,
            reverts,
            request_digest: Digest::of_request(Tool::Transfer, wallet.id, &call),
            call,
        })
    }
}

/// Whether fees have risen above what was reserved.
pub(crate) fn is_above(quote: &FeeQuote, reserved: &Fees) -> bool {
    quote.base_fee > reserved.max_fee_per_gas
}

fn max_cost(fees: &Fees) -> Result<Wei, Fault> {
    fees.max_cost().ok_or_else(|| {
        Fault::invalid(
            "gas_overflow",
            "chain",
            "the chain asks for impossible fees",
        )
    })
}

pub(crate) fn amount(text: &str, decimals: u8) -> Result<BaseUnits, Fault> {
    let amount = BaseUnits::parse(text, decimals)
        .map_err(|error| Fault::invalid(error.code(), "amount", error.to_string()))?;
    if amount.is_zero() {
        return Err(Fault::invalid(
            "amount_zero",
            "amount",
            "amount is zero: nothing to send",
        ));
    }
    Ok(amount)
}
