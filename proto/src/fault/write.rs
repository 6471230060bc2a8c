//! A fault into a status.

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};
use vaultpilot_ports::Fault;

use super::{CONTEXT_OVER, DOMAIN, FAULT, Facts, WORKLOAD_REFUSED, decision};

/// The status that `from_status` reads as this very fault.
pub fn to_status(fault: &Fault) -> Status {
    let (code, name) = match fault {
        Fault::Unauthenticated => (Code::Unauthenticated, "unauthenticated"),
        Fault::InsufficientScope { .. } => (Code::PermissionDenied, "insufficient_scope"),
        Fault::Forbidden => (Code::PermissionDenied, "forbidden"),
        Fault::Denied { .. } => (Code::PermissionDenied, "denied"),
        Fault::NotFound { .. } => (Code::NotFound, "not_found"),
        Fault::Invalid { .. } => (Code::InvalidArgument, "invalid"),
        Fault::Conflict { .. } => (Code::FailedPrecondition, "conflict"),
        Fault::Unavailable { .. } => (Code::Unavailable, "unavailable"),
        Fault::Internal { .. } => (Code::Internal, "internal"),
    };
    let mut facts = Facts::from([(FAULT.to_owned(), name.to_owned())]);
    let mut details = ErrorDetails::new();
    match fault {
        Fault::InsufficientScope { scope } => {
            facts.insert("scope".to_owned(), scope.as_str().to_owned());
        }
        Fault::NotFound { what, name } => {
            facts.insert("what".to_owned(), what.clone());
            facts.insert("name".to_owned(), name.clone());
        }
        Fault::Internal { reference } => {
            facts.insert("reference".to_owned(), reference.clone());
        }
        Fault::Invalid { field, message, .. } => {
            details.add_bad_request_violation(field, message);
        }
        Fault::Unavailable { retry_after, .. } => {
            details.set_retry_info(Some(*retry_after));
        }
        Fault::Unauthenticated
        | Fault::Forbidden
        | Fault::Denied { .. }
        | Fault::Conflict { .. } => {}
    }
    details.set_error_info(fault.code(), DOMAIN, facts);
    let status = Status::with_error_details(code, fault.to_string(), details);
    match fault {
        Fault::Denied { decision } => decision::attach(&status, decision),
        _ => status,
    }
}

/// The workload's own identity is not believed, or not that of this tenant. Says no more than that.
pub fn workload_refused() -> Status {
    refusal(WORKLOAD_REFUSED, "the workload is not let in here")
}

/// The caller's context does not count any more: the credential is asked for again.
pub fn context_over() -> Status {
    refusal(CONTEXT_OVER, "the call context is over")
}

fn refusal(reason: &str, message: &str) -> Status {
    let details = ErrorDetails::with_error_info(reason, DOMAIN, Facts::new());
    Status::with_error_details(Code::Unauthenticated, message, details)
}
