//! `list_transactions`: payments, newest first.

use schemars::JsonSchema;
use serde::Deserialize;
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::TransactionQuery;

use super::{Call, Hints, Spec};
use crate::answer::Answer;
use crate::argument;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    wallet: Option<String>,
    /// Such as broadcast or final
    state: Option<String>,
    cursor: Option<String>,
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u32>,
}

pub(super) struct ListTransactions;

impl Spec for ListTransactions {
    const DESCRIPTION: &'static str = "Payments, newest first.";
    const HINTS: Hints = Hints::READS_CHAIN;
    type Arguments = Arguments;

    async fn run(call: &Call<'_>, arguments: Arguments) -> Result<Answer, Fault> {
        let wallet = arguments.wallet.as_deref().map(argument::wallet);
        let state = arguments.state.map(|state| argument::text("state", state));
        let query = TransactionQuery {
            wallet: wallet.transpose()?,
            state: state.transpose()?,
            page: argument::page(arguments.cursor, arguments.limit)?,
        };
        let listed = call
            .control()
            .transaction_list(call.caller(), &query)
            .await?;
        Answer::view(
            format!("transactions on this page: {}", listed.items.len()),
            &listed,
        )
    }
}
