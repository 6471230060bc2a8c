//! Faults as tool results and as JSON-RPC errors; and chain errors as faults. Each once, here.
//!
//! What a model can put right comes back as a tool result (`isError`), because models see those and
//! never see protocol errors. A protocol error is left for what is no tool call at all.

use rmcp::model::{ErrorCode, ErrorData};
use serde::Serialize;
use serde_json::json;
use vaultpilot_policy::Decision;
use vaultpilot_ports::{ChainError, Fault};

/// The structured content of a call that came to nothing.
#[derive(Serialize)]
pub(crate) struct ErrorResult<'a> {
    status: &'static str,
    error: ErrorView<'a>,
    /// Where a denied payment has it, too: models look in one place.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'a Decision>,
}

#[derive(Serialize)]
pub(crate) struct ErrorView<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    retryable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_s: Option<u64>,
}

/// One sentence for people: what, why, and what to do where that is known.
pub(crate) fn sentence(fault: &Fault) -> String {
    match fault {
        Fault::Denied { decision } => decision.headline(),
        Fault::Invalid { message, .. } => message.clone(),
        Fault::InsufficientScope { scope } => {
            format!(
                "this key lacks the scope {}; ask its owner for one that has it",
                scope.as_str()
            )
        }
        Fault::Internal { .. } => format!("{fault}; the server's log has the details"),
        other => other.to_string(),
    }
}

/// `denied` where somebody said no, `failed` where it could not be done.
const fn status(fault: &Fault) -> &'static str {
    match fault {
        Fault::Unauthenticated
        | Fault::InsufficientScope { .. }
        | Fault::Forbidden
        | Fault::Denied { .. } => "denied",
        Fault::NotFound { .. }
        | Fault::Invalid { .. }
        | Fault::Conflict { .. }
        | Fault::Unavailable { .. }
        | Fault::Internal { .. } => "failed",
    }
}

/// `deny` for a policy's no, as metrics and the live stream count it; else the code.
pub(crate) fn outcome(fault: &Fault) -> &str {
    match fault {
        Fault::Denied { .. } => "deny",
        other => other.code(),
    }
}

fn is_retryable(fault: &Fault) -> bool {
    match fault {
        Fault::Denied { decision } => {
            let reasons = &decision.reasons;
            !reasons.is_empty() && reasons.iter().all(|reason| reason.retryable)
        }
        other => other.is_retryable(),
    }
}

impl<'a> ErrorResult<'a> {
    pub(crate) fn new(fault: &'a Fault, message: &'a str) -> Self {
        let mut error = ErrorView {
            code: fault.code(),
            message,
            field: None,
            retryable: is_retryable(fault),
            retry_after_s: None,
        };
        let mut decided = None;
        match fault {
            Fault::Invalid { field, .. } => error.field = Some(field),
            Fault::Unavailable { retry_after, .. } => {
                error.retry_after_s = Some(retry_after.as_secs().max(1));
            }
            Fault::Denied { decision } => decided = Some(&**decision),
            _ => {}
        }
        Self {
            status: status(fault),
            error,
            decision: decided,
        }
    }
}

/// A fault where no tool was called: lists, resources, prompts.
pub(crate) fn protocol(fault: &Fault) -> ErrorData {
    let code = match fault {
        Fault::Invalid { .. } | Fault::NotFound { .. } => ErrorCode::INVALID_PARAMS,
        Fault::Unavailable { .. } | Fault::Internal { .. } => ErrorCode::INTERNAL_ERROR,
        Fault::Unauthenticated
        | Fault::InsufficientScope { .. }
        | Fault::Forbidden
        | Fault::Denied { .. }
        | Fault::Conflict { .. } => ErrorCode::INVALID_REQUEST,
    };
    let message = sentence(fault);
    let data = json!(ErrorResult::new(fault, &message).error);
    ErrorData::new(code, message, Some(data))
}

/// What a chain reports to a tool that the runtime carries out itself. `asset` is the argument that
/// names the token.
pub(crate) fn chain_fault(error: ChainError, asset: &str) -> Fault {
    match error {
        ChainError::Unknown { chain } => Fault::invalid(
            "chain_unknown",
            "chain",
            format!("{chain} is not configured here; get_capabilities lists the chains"),
        ),
        ChainError::NotAToken { address } => {
            let address = address.to_checksum(None);
            let message = format!("{address} is no token contract on this chain");
            Fault::invalid("not_a_token", asset, message)
        }
        ChainError::Unreachable { chain, detail } => {
            tracing::warn!(chain.id = %chain, detail, "chain cannot be reached");
            let message = format!("{chain} cannot be reached right now; try again");
            Fault::unavailable("chain_unreachable", message)
        }
        ChainError::Unreadable { chain, detail } => {
            tracing::warn!(chain.id = %chain, detail, "chain answered something unreadable");
            let message = format!("{chain} answered something unreadable; try again");
            Fault::unavailable("chain_unreadable", message)
        }
        // Reads neither revert nor ask for coins; should an adapter say so, it is told, not guessed.
        ChainError::Reverted { .. } => Fault::conflict("call_reverts", error.to_string()),
        ChainError::NoFaucet { .. } => Fault::conflict("no_faucet", error.to_string()),
    }
}
