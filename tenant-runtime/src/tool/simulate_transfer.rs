//! `simulate_transfer`: what would happen?

use vaultpilot_ports::Fault;

use super::wish::Wish;
use super::{Call, Hints, Spec};
use crate::answer::Answer;

pub(super) struct SimulateTransfer;

impl Spec for SimulateTransfer {
    const DESCRIPTION: &'static str =
        "Judge a transfer and simulate it on the chain: outcome and gas. Spends nothing.";
    const HINTS: Hints = Hints::READS_CHAIN.paying();
    type Arguments = Wish;

    async fn run(call: &Call<'_>, wish: Wish) -> Result<Answer, Fault> {
        let request = wish.parse()?;
        let view = call.control().simulate(call.caller(), &request).await?;
        Answer::judgement(&view)
    }
}
