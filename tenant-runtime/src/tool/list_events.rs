//! `list_events`: the audit trail, as far as the caller may read it.

use schemars::JsonSchema;
use serde::Deserialize;
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::EventQuery;

use super::{Call, Hints, Spec};
use crate::answer::Answer;
use crate::argument;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    wallet: Option<String>,
    #[serde(default)]
    denied_only: bool,
    cursor: Option<String>,
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u32>,
}

pub(super) struct ListEvents;

impl Spec for ListEvents {
    const DESCRIPTION: &'static str = "The audit trail, newest first: calls, decisions, outcomes.";
    const HINTS: Hints = Hints::READS;
    type Arguments = Arguments;

    async fn run(call: &Call<'_>, arguments: Arguments) -> Result<Answer, Fault> {
        let wallet = arguments.wallet.as_deref().map(argument::wallet);
        let query = EventQuery {
            wallet: wallet.transpose()?,
            denied_only: arguments.denied_only,
            page: argument::page(arguments.cursor, arguments.limit)?,
        };
        let listed = call.control().event_list(call.caller(), &query).await?;
        Answer::view(
            format!("events on this page: {}", listed.items.len()),
            &listed,
        )
    }
}
