//! `freeze_wallet`: stops everything; only a person thaws it.

use schemars::JsonSchema;
use serde::Deserialize;
use vaultpilot_ports::Fault;

use super::{Call, Hints, Spec};
use crate::answer::Answer;
use crate::argument;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    wallet: String,
    /// What is wrong; shown to people
    reason: String,
}

pub(super) struct FreezeWallet;

impl Spec for FreezeWallet {
    const DESCRIPTION: &'static str = "Stop a wallet at once when something is wrong: it signs \
        nothing until a person unfreezes it.";
    const HINTS: Hints = Hints::KEEPS;
    type Arguments = Arguments;

    async fn run(call: &Call<'_>, arguments: Arguments) -> Result<Answer, Fault> {
        let wallet = argument::wallet(&arguments.wallet)?;
        let reason = argument::text("reason", arguments.reason)?;
        let frozen = call
            .control()
            .wallet_freeze(call.caller(), &wallet, &reason)
            .await?;
        Answer::view(
            format!("wallet {} is {}", frozen.label, frozen.state),
            &frozen,
        )
    }
}
