//! `request_faucet_funds`: coins of test networks.

use schemars::JsonSchema;
use serde::Deserialize;
use vaultpilot_core::BaseUnits;
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::FaucetRequest;

use super::{Call, Hints, Spec};
use crate::answer::Answer;
use crate::argument;

/// Every chain here is an EVM chain, and their coins have 18 decimals.
pub(super) const NATIVE_DECIMALS: u8 = 18;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    wallet: String,
    chain: String,
    /// Decimal text; "1" when absent
    amount: Option<String>,
}

pub(super) struct RequestFaucetFunds;

impl Spec for RequestFaucetFunds {
    const DESCRIPTION: &'static str =
        "Get test coins for a wallet, on test networks with a faucet.";
    const HINTS: Hints = Hints {
        read_only: false,
        idempotent: false,
        ..Hints::READS_CHAIN
    };
    type Arguments = Arguments;

    async fn run(call: &Call<'_>, arguments: Arguments) -> Result<Answer, Fault> {
        let request = FaucetRequest {
            wallet: argument::wallet(&arguments.wallet)?,
            chain: argument::chain(&arguments.chain)?,
            amount: arguments.amount.as_deref().map(coins).transpose()?,
        };
        let funded = call.control().faucet(call.caller(), &request).await?;
        Answer::view(funded.message.clone(), &funded)
    }
}

fn coins(text: &str) -> Result<BaseUnits, Fault> {
    let amount = BaseUnits::parse(text, NATIVE_DECIMALS)
        .map_err(|error| Fault::invalid(error.code(), "amount", error.to_string()))?;
    if amount.is_zero() {
        return Err(Fault::invalid("amount_zero", "amount", "amount is zero"));
    }
    Ok(amount)
}
