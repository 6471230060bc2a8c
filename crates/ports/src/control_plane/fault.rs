//! Why a call came to nothing. Doors map this once, to their own wire form.

use serde::{Deserialize, Serialize};
use vaultpilot_core::{Duration, Scope};
use vaultpilot_policy::Decision;

/// Every fault has a stable code, a sentence for people, and tells whether a retry makes sense.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    #[error("credential is missing, unknown, expired or revoked")]
    Unauthenticated,
    #[error("scope {} is missing", scope.as_str())]
    InsufficientScope { scope: Scope },
    /// A person's permission is missing.
    #[error("this needs another role")]
    Forbidden,
    /// Policy said no at admission. (A denied payment is a `PaymentView`, not a fault.)
    #[error("denied by policy")]
    Denied { decision: Box<Decision> },
    #[error("{what} {name} does not exist")]
    NotFound { what: String, name: String },
    /// Bad input: which field, and what is wrong with it.
    #[error("{field}: {message}")]
    Invalid {
        code: String,
        field: String,
        message: String,
    },
    /// The request contradicts what is there.
    #[error("{message}")]
    Conflict { code: String, message: String },
    /// Nothing happened; try again after a while, with the same request id.
    #[error("{message}")]
    Unavailable {
        code: String,
        message: String,
        retry_after: Duration,
    },
    /// Ours. Details are in the log, under the reference.
    #[error("internal error {reference}")]
    Internal { reference: String },
}

impl Fault {
    pub fn invalid(code: &str, field: &str, message: impl Into<String>) -> Self {
        Self::Invalid {
            code: code.to_owned(),
            field: field.to_owned(),
            message: message.into(),
        }
    }

    pub fn not_found(what: &str, name: impl std::fmt::Display) -> Self {
        Self::NotFound {
            what: what.to_owned(),
            name: name.to_string(),
        }
    }

    pub fn conflict(code: &str, message: impl Into<String>) -> Self {
        Self::Conflict {
            code: code.to_owned(),
            message: message.into(),
        }
    }

    pub fn unavailable(code: &str, message: impl Into<String>) -> Self {
        Self::Unavailable {
            code: code.to_owned(),
            message: message.into(),
            retry_after: Duration::from_secs(1),
        }
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::InsufficientScope { .. } => "insufficient_scope",
            Self::Forbidden => "forbidden",
            Self::Denied { decision } => decision
                .reasons
                .first()
                .map_or("policy_error", |reason| reason.code.as_str()),
            Self::NotFound { .. } => "not_found",
            Self::Invalid { code, .. }
            | Self::Conflict { code, .. }
            | Self::Unavailable { code, .. } => code,
            Self::Internal { .. } => "internal",
        }
    }

    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}
