//! `get_transaction`: how far a payment has come.

use schemars::JsonSchema;
use serde::Deserialize;
use vaultpilot_ports::Fault;

use super::{Call, Hints, Spec};
use crate::answer::Answer;
use crate::argument;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    /// txn_… or the transaction hash
    id: String,
}

pub(super) struct GetTransaction;

impl Spec for GetTransaction {
    const DESCRIPTION: &'static str = "One payment: state, hash, confirmations.";
    const HINTS: Hints = Hints::READS_CHAIN;
    type Arguments = Arguments;

    async fn run(call: &Call<'_>, arguments: Arguments) -> Result<Answer, Fault> {
        let id = argument::transaction(&arguments.id)?;
        let transaction = call.control().transaction(call.caller(), &id).await?;
        let sentence = format!("transaction {} is {}", transaction.id, transaction.state);
        Answer::view(sentence, &transaction)
    }
}
