//! What a tool call comes to: a sentence for people, and one structured value.

use std::borrow::Cow;

use rmcp::model::{CallToolResult, ContentBlock};
use serde::Serialize;
use vaultpilot_core::Timestamp;
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::{PaymentStatus, PaymentView};

use crate::as_of;
use crate::error::{self, ErrorResult};

pub(crate) struct Answer {
    pub(crate) sentence: String,
    pub(crate) outcome: Cow<'static, str>,
    result: CallToolResult,
}

impl Answer {
    /// A view, told in a sentence.
    pub(crate) fn view<T: Serialize>(sentence: String, view: &T) -> Result<Self, Fault> {
        let result = result(&sentence, view, false)?;
        Ok(Self {
            sentence,
            outcome: Cow::Borrowed("allow"),
            result,
        })
    }

    /// A question about a payment: "no" is a good answer to it.
    pub(crate) fn judgement(view: &PaymentView) -> Result<Self, Fault> {
        let mut answer = Self::view(view.message.clone(), view)?;
        answer.outcome = Cow::Borrowed(outcome(view));
        Ok(answer)
    }

    /// A payment: one that was denied or failed is an error result of the same shape.
    pub(crate) fn payment(view: &PaymentView) -> Result<Self, Fault> {
        let mut answer = Self::judgement(view)?;
        let failed = matches!(view.status, PaymentStatus::Denied | PaymentStatus::Failed);
        answer.result.is_error = Some(failed);
        Ok(answer)
    }

    /// A call that came to nothing.
    pub(crate) fn fault(fault: &Fault) -> Self {
        let sentence = error::sentence(fault);
        let told = result(&sentence, &ErrorResult::new(fault, &sentence), true);
        let bare = |_| CallToolResult::error(vec![ContentBlock::text(sentence.as_str())]);
        Self {
            outcome: Cow::Owned(error::outcome(fault).to_owned()),
            result: told.unwrap_or_else(bare),
            sentence,
        }
    }

    /// The same answer, known to be true at an instant that has passed. Said twice: models read the
    /// text, programs the metadata.
    pub(crate) fn dated(mut self, instant: Timestamp) -> Self {
        let told = ContentBlock::text(as_of::sentence(instant));
        self.result.content.push(told);
        self.result.meta = Some(as_of::meta(instant));
        self
    }

    pub(crate) fn into_result(self) -> CallToolResult {
        self.result
    }
}

/// As metrics and the live stream count a payment.
const fn outcome(view: &PaymentView) -> &'static str {
    match view.status {
        PaymentStatus::Executed
        | PaymentStatus::Submitted
        | PaymentStatus::Simulated
        | PaymentStatus::Ambiguous => "allow",
        PaymentStatus::PendingApproval => "needs_approval",
        PaymentStatus::Denied => "deny",
        PaymentStatus::Failed => "failed",
    }
}

fn result<T: Serialize>(sentence: &str, view: &T, is_error: bool) -> Result<CallToolResult, Fault> {
    // The text keeps the order of the view's fields, what matters first.
    let text = serde_json::to_string(view).map_err(|source| unwritable(&source))?;
    let value = serde_json::to_value(view).map_err(|source| unwritable(&source))?;
    let content = vec![ContentBlock::text(sentence), ContentBlock::text(text)];
    let mut result = CallToolResult::success(content);
    result.structured_content = Some(value);
    result.is_error = Some(is_error);
    Ok(result)
}

fn unwritable(source: &serde_json::Error) -> Fault {
    tracing::error!(error = %source, "answer cannot be written as JSON");
    Fault::Internal {
        reference: "answer".to_owned(),
    }
}
