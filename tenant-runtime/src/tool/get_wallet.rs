//! `get_wallet`.

use schemars::JsonSchema;
use serde::Deserialize;
use vaultpilot_ports::Fault;

use super::{Call, Hints, Spec};
use crate::answer::Answer;
use crate::argument;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    /// Label or id
    wallet: String,
}

pub(super) struct GetWallet;

impl Spec for GetWallet {
    const DESCRIPTION: &'static str = "One wallet: address, chains, state.";
    const HINTS: Hints = Hints::READS;
    type Arguments = Arguments;

    async fn run(call: &Call<'_>, arguments: Arguments) -> Result<Answer, Fault> {
        let wallet = argument::wallet(&arguments.wallet)?;
        let wallet = call.control().wallet_fetch(call.caller(), &wallet).await?;
        let sentence = format!(
            "wallet {} is {} at {}",
            wallet.label, wallet.state, wallet.address
        );
        Answer::view(sentence, &wallet)
    }
}
