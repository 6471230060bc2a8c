//! `create_wallet`: a label, a key, an address; the same address for the same label, always.

use schemars::JsonSchema;
use serde::Deserialize;
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::CreateWallet as Request;

use super::{Call, Hints, Spec};
use crate::answer::Answer;
use crate::argument;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    /// Lower-case letters, digits, hyphens
    label: String,
    /// CAIP-2 ids; all configured chains when absent
    #[serde(default)]
    chains: Vec<String>,
}

pub(super) struct CreateWallet;

impl Spec for CreateWallet {
    const DESCRIPTION: &'static str =
        "Create a wallet. If the label exists, its wallet is returned unchanged.";
    const HINTS: Hints = Hints::KEEPS;
    type Arguments = Arguments;

    async fn run(call: &Call<'_>, arguments: Arguments) -> Result<Answer, Fault> {
        let request = Request {
            label: argument::label(&arguments.label)?,
            chains: argument::chains(&arguments.chains)?,
        };
        let wallet = call
            .control()
            .wallet_create(call.caller(), &request)
            .await?;
        let sentence = format!("wallet {} has address {}", wallet.label, wallet.address);
        Answer::view(sentence, &wallet)
    }
}
