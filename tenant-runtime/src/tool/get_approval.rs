//! `get_approval`: what a person was asked, and what they said.

use schemars::JsonSchema;
use serde::Deserialize;
use vaultpilot_ports::Fault;

use super::{Call, Hints, Spec};
use crate::answer::Answer;
use crate::argument;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    /// apr_…
    id: String,
}

pub(super) struct GetApproval;

impl Spec for GetApproval {
    const DESCRIPTION: &'static str = "See whether a person approved. Only people can decide.";
    const HINTS: Hints = Hints::READS;
    type Arguments = Arguments;

    async fn run(call: &Call<'_>, arguments: Arguments) -> Result<Answer, Fault> {
        let id = argument::approval(&arguments.id)?;
        let approval = call.control().approval(call.caller(), id).await?;
        let sentence = format!("approval {} is {}", approval.id, approval.state);
        Answer::view(sentence, &approval)
    }
}
