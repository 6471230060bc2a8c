//! `get_policy`: the rules for a wallet, as they were applied.

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
}

pub(super) struct GetPolicy;

impl Spec for GetPolicy {
    const DESCRIPTION: &'static str = "The policies for a wallet. No tool can change them.";
    const HINTS: Hints = Hints::READS;
    type Arguments = Arguments;

    async fn run(call: &Call<'_>, arguments: Arguments) -> Result<Answer, Fault> {
        let wallet = argument::wallet(&arguments.wallet)?;
        let policy = call.control().policy(call.caller(), &wallet).await?;
        let sentence = format!(
            "policies that select wallet {}: {}",
            policy.wallet,
            policy.policies.len()
        );
        Answer::view(sentence, &policy)
    }
}
