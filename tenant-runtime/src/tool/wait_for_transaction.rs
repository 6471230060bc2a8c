//! `wait_for_transaction`: follows a payment for a while.

use schemars::JsonSchema;
use serde::Deserialize;
use vaultpilot_ports::Fault;

use super::{Call, Hints, Spec};
use crate::answer::Answer;
use crate::argument;

/// No call waits longer: proxies and clients give up before.
pub(super) const MAX_WAIT_S: u64 = 20;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    /// txn_… or the transaction hash
    id: String,
    /// Until final when absent
    confirmations: Option<u64>,
    /// Default 20
    #[schemars(range(max = 20))]
    timeout_s: Option<u64>,
}

pub(super) struct WaitForTransaction;

impl Spec for WaitForTransaction {
    const DESCRIPTION: &'static str =
        "Wait until a payment is over or confirmed, up to 20 s; call again if it is not.";
    const HINTS: Hints = Hints::READS_CHAIN;
    type Arguments = Arguments;

    async fn run(call: &Call<'_>, arguments: Arguments) -> Result<Answer, Fault> {
        let id = argument::transaction(&arguments.id)?;
        let timeout = arguments.timeout_s.unwrap_or(MAX_WAIT_S);
        if timeout > MAX_WAIT_S {
            let message = format!("timeout_s is above {MAX_WAIT_S}; wait again instead");
            return Err(Fault::invalid("timeout_out_of_range", "timeout_s", message));
        }
        let transaction = call
            .control()
            .transaction_wait(call.caller(), &id, arguments.confirmations, timeout)
            .await?;
        let sentence = format!("transaction {} is {}", transaction.id, transaction.state);
        Answer::view(sentence, &transaction)
    }
}
