//! Faults as RFC 9457 problems.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use vaultpilot_policy::Decision;
use vaultpilot_ports::Fault;

/// The body of every error answer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Problem {
    /// `https://vaultpilot.io/errors/<code>`
    #[serde(rename = "type")]
    pub kind: Box<str>,
    pub title: &'static str,
    pub status: u16,
    pub detail: Box<str>,
    /// Stable, for programs.
    pub code: Box<str>,
    /// The field of the request that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Box<str>>,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Box<Decision>>,
}

impl Problem {
    pub fn new(status: StatusCode, code: &str, detail: impl Into<Box<str>>) -> Self {
        Self {
            kind: format!("https://vaultpilot.io/errors/{code}").into(),
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            code: code.into(),
            field: None,
            retryable: false,
            retry_after_s: None,
            decision: None,
        }
    }

    pub(crate) fn field(mut self, field: &str) -> Self {
        self.field = Some(field.into());
        self
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let status = match &fault {
            Fault::Unauthenticated => StatusCode::UNAUTHORIZED,
            Fault::InsufficientScope { .. } | Fault::Forbidden | Fault::Denied { .. } => {
                StatusCode::FORBIDDEN
            }
            Fault::NotFound { .. } => StatusCode::NOT_FOUND,
            Fault::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Fault::Conflict { .. } => StatusCode::CONFLICT,
            Fault::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Fault::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let mut problem = Self::new(status, fault.code(), fault.to_string());
        problem.retryable = fault.is_retryable();
        match fault {
            Fault::Invalid { field, message, .. } => {
                problem.field = Some(field.into());
                problem.detail = message.into();
            }
            Fault::Unavailable { retry_after, .. } => {
                problem.retry_after_s = Some(retry_after.as_secs().max(1));
            }
            Fault::Denied { decision } => {
                problem.detail = decision.headline().into();
                problem.decision = Some(decision);
            }
            _ => {}
        }
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry = self.retry_after_s;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        let problem = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, problem);
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = retry {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
