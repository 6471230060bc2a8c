//! `list_wallets`.

use schemars::JsonSchema;
use serde::Deserialize;
use vaultpilot_ports::Fault;

use super::{Call, Hints, Spec};
use crate::answer::Answer;
use crate::argument;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    /// `next_cursor` of the page before
    cursor: Option<String>,
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u32>,
}

pub(super) struct ListWallets;

impl Spec for ListWallets {
    const DESCRIPTION: &'static str = "Wallets with addresses, chains and state.";
    const HINTS: Hints = Hints::READS;
    type Arguments = Arguments;

    async fn run(call: &Call<'_>, arguments: Arguments) -> Result<Answer, Fault> {
        let query = argument::page(arguments.cursor, arguments.limit)?;
        let listed = call.control().wallet_list(call.caller(), &query).await?;
        Answer::view(
            format!("wallets on this page: {}", listed.items.len()),
            &listed,
        )
    }
}
