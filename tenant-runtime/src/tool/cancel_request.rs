//! `cancel_request`: withdraws a payment that is not signed yet.

use schemars::JsonSchema;
use serde::Deserialize;
use vaultpilot_ports::Fault;

use super::{Call, Hints, Spec};
use crate::answer::Answer;
use crate::argument;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    /// Of the payment to withdraw
    request_id: String,
}

pub(super) struct CancelRequest;

impl Spec for CancelRequest {
    const DESCRIPTION: &'static str = "Withdraw a payment that is not signed yet, such as one \
        that waits for approval. Its budget is free again.";
    const HINTS: Hints = Hints {
        destructive: true,
        ..Hints::KEEPS.paying()
    };
    type Arguments = Arguments;

    async fn run(call: &Call<'_>, arguments: Arguments) -> Result<Answer, Fault> {
        let request = argument::request_id(&arguments.request_id)?;
        let view = call
            .control()
            .cancel(call.caller(), request.as_str())
            .await?;
        // That the payment is off is what was asked for, so it is no error.
        Answer::view(view.message.clone(), &view)
    }
}
