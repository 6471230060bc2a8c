//! `transfer`: pays.

use schemars::JsonSchema;
use serde::Deserialize;
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::TransferRequest;

use super::{Call, Hints, Spec};
use crate::answer::Answer;
use crate::argument;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arguments {
    /// Label or id
    wallet: String,
    /// CAIP-2, such as eip155:8453
    chain: String,
    /// Recipient address
    to: String,
    /// "native" or the token's address
    asset: String,
    /// Decimal text in token units, such as "0.5"
    amount: String,
    /// Identifies this payment. When you retry the same payment, send the SAME value; use a new
    /// value only for a different payment.
    #[schemars(length(min = 16, max = 64))]
    request_id: String,
    /// Judge and simulate only
    #[serde(default)]
    dry_run: bool,
    /// What it is for
    memo: Option<String>,
    /// After `duplicate_suspected`: the earlier transaction's id, if you mean to pay again
    confirm_duplicate_of: Option<String>,
}

pub(super) struct Transfer;

impl Spec for Transfer {
    const DESCRIPTION: &'static str = "Send native coin or an ERC-20 token. Policy decides: it is \
        paid, held for a person, or denied with reasons. Waits up to 20 s for the outcome.";
    const HINTS: Hints = Hints::PAYS;
    type Arguments = Arguments;

    async fn run(call: &Call<'_>, arguments: Arguments) -> Result<Answer, Fault> {
        let request = parse(arguments)?;
        let view = call.control().transfer(call.caller(), &request).await?;
        Answer::payment(&view)
    }
}

fn parse(arguments: Arguments) -> Result<TransferRequest, Fault> {
    let again = arguments.confirm_duplicate_of.as_deref();
    let memo = arguments.memo.map(|memo| argument::text("memo", memo));
    Ok(TransferRequest {
        wallet: argument::wallet(&arguments.wallet)?,
        chain: argument::chain(&arguments.chain)?,
        to: argument::address("to", &arguments.to)?,
        token: argument::token("asset", &arguments.asset)?,
        amount: arguments.amount,
        request_id: Some(argument::request_id(&arguments.request_id)?),
        dry_run: arguments.dry_run,
        memo: memo.transpose()?,
        confirm_duplicate_of: again
            .map(|id| argument::intent("confirm_duplicate_of", id))
            .transpose()?,
    })
}
