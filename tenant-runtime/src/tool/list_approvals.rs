//! `list_approvals`: what waits for people.

use schemars::JsonSchema;
use serde::Deserialize;
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::ApprovalQuery;

use super::{Call, Hints, Spec};
use crate::answer::Answer;
use crate::argument;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    #[serde(default)]
    waiting_only: bool,
    cursor: Option<String>,
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u32>,
}

pub(super) struct ListApprovals;

impl Spec for ListApprovals {
    const DESCRIPTION: &'static str = "Approvals asked of people, newest first.";
    const HINTS: Hints = Hints::READS;
    type Arguments = Arguments;

    async fn run(call: &Call<'_>, arguments: Arguments) -> Result<Answer, Fault> {
        let query = ApprovalQuery {
            waiting_only: arguments.waiting_only,
            page: argument::page(arguments.cursor, arguments.limit)?,
        };
        let listed = call.control().approval_list(call.caller(), &query).await?;
        Answer::view(
            format!("approvals on this page: {}", listed.items.len()),
            &listed,
        )
    }
}
