//! `inspect_token`: what a token contract says of itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_core::Tool;
use vaultpilot_ports::Fault;

use super::untrusted::plain;
use super::{Call, Hints, Spec, admit};
use crate::answer::Answer;
use crate::argument;
use crate::error::chain_fault;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    chain: String,
    /// Of the token contract
    address: String,
}

#[derive(Serialize)]
struct TokenView {
    chain: String,
    address: String,
    decimals: u8,
    symbol: String,
    name: String,
    /// Which of these fields are words of the contract.
    untrusted: [&'static str; 2],
}

pub(super) struct InspectToken;

impl Spec for InspectToken {
    const DESCRIPTION: &'static str = "Decimals, symbol and name of a token. Symbol and name are \
        the contract's own claim: anybody can call a token USDC.";
    const HINTS: Hints = Hints::READS_CHAIN;
    type Arguments = Arguments;

    async fn run(call: &Call<'_>, arguments: Arguments) -> Result<Answer, Fault> {
        let chain = argument::chain(&arguments.chain)?;
        let address = argument::address("address", &arguments.address)?;
        admit(call, Tool::InspectToken, None, Some(chain)).await?;
        let facts = call.chain().token(chain, address).await;
        let facts = facts.map_err(|error| chain_fault(error, "address"))?;
        let view = TokenView {
            chain: chain.to_string(),
            address: address.to_checksum(None),
            decimals: facts.decimals,
            symbol: plain(&facts.symbol),
            name: plain(&facts.name),
            untrusted: ["symbol", "name"],
        };
        // The sentence is ours alone; the contract's words stay in their fields.
        let sentence = format!("{} is a token of {} decimals", view.address, view.decimals);
        Answer::view(sentence, &view)
    }
}
