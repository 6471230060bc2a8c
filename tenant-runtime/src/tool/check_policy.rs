//! `check_policy`: would it be allowed?

use vaultpilot_ports::Fault;

use super::wish::Wish;
use super::{Call, Hints, Spec};
use crate::answer::Answer;

pub(super) struct CheckPolicy;

impl Spec for CheckPolicy {
    const DESCRIPTION: &'static str =
        "Ask whether policy would allow a transfer now. Reserves and spends nothing.";
    const HINTS: Hints = Hints::READS.paying();
    type Arguments = Wish;

    async fn run(call: &Call<'_>, wish: Wish) -> Result<Answer, Fault> {
        let request = wish.parse()?;
        let view = call.control().check(call.caller(), &request).await?;
        Answer::judgement(&view)
    }
}
