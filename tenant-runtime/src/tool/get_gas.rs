//! `get_gas`: what gas costs now.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_core::{Gwei, Tool, Wei};
use vaultpilot_ports::Fault;
use vaultpilot_ports::chain::FeeQuote;

use super::request_faucet_funds::NATIVE_DECIMALS;
use super::{Call, Hints, Spec, admit};
use crate::answer::Answer;
use crate::argument;
use crate::error::chain_fault;

/// Gas of a plain transfer of coins.
const TRANSFER_GAS: u64 = 21_000;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    chain: String,
}

#[derive(Serialize)]
struct GasView {
    chain: String,
    base_fee_gwei: String,
    max_fee_per_gas_gwei: String,
    max_priority_fee_per_gas_gwei: String,
    /// The most a plain transfer can cost, in native coin.
    transfer_max_cost: String,
    currency: String,
}

pub(super) struct GetGas;

impl Spec for GetGas {
    const DESCRIPTION: &'static str = "Gas fees of a chain now, and what a plain transfer costs.";
    const HINTS: Hints = Hints::READS_CHAIN;
    type Arguments = Arguments;

    async fn run(call: &Call<'_>, arguments: Arguments) -> Result<Answer, Fault> {
        let chain = argument::chain(&arguments.chain)?;
        admit(call, Tool::GetGas, None, Some(chain)).await?;
        let quote = call.chain().fees(chain).await;
        let quote = quote.map_err(|error| chain_fault(error, "asset"))?;
        let known = call
            .chain()
            .chains()
            .into_iter()
            .find(|view| view.id == chain);
        let currency = known.map_or_else(String::new, |view| view.currency);
        let view = view(chain.to_string(), currency, &quote);
        let sentence = format!(
            "base fee on {chain} is {} gwei; a plain transfer costs at most {} {}",
            view.base_fee_gwei, view.transfer_max_cost, view.currency
        );
        Answer::view(sentence, &view)
    }
}

fn view(chain: String, currency: String, quote: &FeeQuote) -> GasView {
    let gwei = |fee: Wei| fee.to_base_units().format(Gwei::DECIMALS);
    let cost = Wei::gas_cost(TRANSFER_GAS, quote.max_fee_per_gas).unwrap_or(Wei(u128::MAX));
    GasView {
        chain,
        base_fee_gwei: gwei(quote.base_fee),
        max_fee_per_gas_gwei: gwei(quote.max_fee_per_gas),
        max_priority_fee_per_gas_gwei: gwei(quote.max_priority_fee_per_gas),
        transfer_max_cost: cost.to_base_units().format(NATIVE_DECIMALS),
        currency,
    }
}
