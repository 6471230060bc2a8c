//! `get_budget`: what is left of each limit.

use schemars::JsonSchema;
use serde::Deserialize;
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::BudgetQuery;

use super::{Call, Hints, Spec};
use crate::answer::Answer;
use crate::argument;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    wallet: String,
    chain: Option<String>,
    asset: Option<String>,
}

pub(super) struct GetBudget;

impl Spec for GetBudget {
    const DESCRIPTION: &'static str =
        "Each limit of a wallet: used, remaining, when it resets. Ask before you pay.";
    const HINTS: Hints = Hints::READS;
    type Arguments = Arguments;

    async fn run(call: &Call<'_>, arguments: Arguments) -> Result<Answer, Fault> {
        let chain = arguments.chain.as_deref().map(argument::chain);
        let token = arguments
            .asset
            .as_deref()
            .map(|asset| argument::token("asset", asset));
        let query = BudgetQuery {
            wallet: argument::wallet(&arguments.wallet)?,
            chain: chain.transpose()?,
            token: token.transpose()?,
        };
        let budget = call.control().budget(call.caller(), &query).await?;
        let sentence = format!("limits of wallet {}: {}", budget.wallet, budget.lines.len());
        Answer::view(sentence, &budget)
    }
}
