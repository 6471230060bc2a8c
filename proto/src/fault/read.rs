//! A status into a fault.

use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};
use vaultpilot_ports::Fault;

use super::{
    CONTEXT_OVER, CONTROL_PLANE_UNAVAILABLE, DOMAIN, FAULT, Facts, WORKLOAD_REFUSED, decision,
};

const RETRY_AFTER: Duration = Duration::from_secs(2);

/// What the status says. A status that is not one of ours came from the way there, not from the
/// control plane's judgement, and means that it cannot be reached.
pub fn from_status(status: &Status) -> Fault {
    let details = status.get_error_details();
    let info = details
        .error_info()
        .filter(|info| info.domain == DOMAIN)
        .cloned();
    let Some(info) = info else {
        return foreign(status);
    };
    match info.reason.as_str() {
        CONTEXT_OVER => return unavailable(CONTEXT_OVER, "the call context is over", None),
        WORKLOAD_REFUSED => {
            let message = "the control plane does not accept this workload's identity";
            // Not "away": a workload that is turned away reads nothing on from what it knew.
            return unavailable(WORKLOAD_REFUSED, message, None);
        }
        _ => {}
    }
    ours(status, &details, info.reason, &info.metadata).unwrap_or_else(|| Fault::Internal {
        reference: format!("status {:?} cannot be read", status.code()),
    })
}

fn ours(status: &Status, details: &ErrorDetails, code: String, facts: &Facts) -> Option<Fault> {
    let fact = |name: &str| facts.get(name).cloned();
    Some(match facts.get(FAULT)?.as_str() {
        "unauthenticated" => Fault::Unauthenticated,
        "insufficient_scope" => Fault::InsufficientScope {
            scope: fact("scope")?.parse().ok()?,
        },
        "forbidden" => Fault::Forbidden,
        "denied" => Fault::Denied {
            decision: Box::new(decision::find(status)?),
        },
        "not_found" => Fault::NotFound {
            what: fact("what")?,
            name: fact("name")?,
        },
        "invalid" => {
            let violation = details.bad_request()?.field_violations.first()?;
            Fault::Invalid {
                code,
                field: violation.field.clone(),
                message: violation.description.clone(),
            }
        }
        "conflict" => Fault::Conflict {
            code,
            message: status.message().to_owned(),
        },
        "unavailable" => {
            let after = details.retry_info().and_then(|info| info.retry_delay);
            unavailable(&code, status.message(), after)
        }
        "internal" => Fault::Internal {
            reference: fact("reference")?,
        },
        _ => return None,
    })
}

fn foreign(status: &Status) -> Fault {
    match status.code() {
        // A server that has no such method, or could not read the message, is of another version.
        Code::Unimplemented | Code::InvalidArgument | Code::Internal | Code::OutOfRange => {
            Fault::Internal {
                reference: format!("control plane answered {:?}", status.code()),
            }
        }
        Code::Cancelled | Code::DeadlineExceeded => unavailable(
            CONTROL_PLANE_UNAVAILABLE,
            "the control plane did not answer",
            None,
        ),
        _ => unavailable(
            CONTROL_PLANE_UNAVAILABLE,
            "the control plane cannot be reached",
            None,
        ),
    }
}

fn unavailable(code: &str, message: &str, after: Option<Duration>) -> Fault {
    Fault::Unavailable {
        code: code.to_owned(),
        message: message.to_owned(),
        retry_after: after.unwrap_or(RETRY_AFTER),
    }
}
