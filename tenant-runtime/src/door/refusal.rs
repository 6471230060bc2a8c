//! Refusals of the HTTP side: a status, and `{"error":{"code","message","retryable"}}`.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("this server does not answer to that host name; see server.allowed_hosts")]
    HostNotAllowed,
    #[error("pages of that origin may not call this server")]
    OriginNotAllowed,
    #[error("a valid key is needed, in the header Authorization: Bearer <key>")]
    Unauthenticated { challenge: HeaderValue },
    #[error("there is nothing here")]
    NotFound,
    #[error("this endpoint answers POST only: it has no stream to open and no session to end")]
    MethodNotAllowed,
    #[error("request body is larger than {limit} bytes")]
    BodyTooLarge { limit: usize },
    #[error("request body did not arrive in time")]
    BodyTooSlow,
    #[error("request body could not be read")]
    BodyUnreadable,
    #[error("Content-Type is not application/json")]
    UnsupportedMediaType,
    #[error("Accept does not list both application/json and text/event-stream")]
    NotAcceptable,
    #[error("{message}")]
    Unavailable {
        message: String,
        retry_after: Duration,
    },
    #[error("internal error {reference}")]
    Internal { reference: String },
}

impl Refusal {
    const fn code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::HostNotAllowed => (StatusCode::FORBIDDEN, "host_not_allowed"),
            Self::OriginNotAllowed => (StatusCode::FORBIDDEN, "origin_not_allowed"),
            Self::Unauthenticated { .. } => (StatusCode::UNAUTHORIZED, "unauthenticated"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::BodyTooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"),
            Self::BodyTooSlow => (StatusCode::REQUEST_TIMEOUT, "body_too_slow"),
            Self::BodyUnreadable => (StatusCode::BAD_REQUEST, "body_unreadable"),
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
            }
            Self::NotAcceptable => (StatusCode::NOT_ACCEPTABLE, "not_acceptable"),
            Self::Unavailable { .. } => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Self::Internal { .. } => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code) = self.code();
        let retryable = matches!(self, Self::Unavailable { .. } | Self::BodyTooSlow);
        let error = json!({ "code": code, "message": self.to_string(), "retryable": retryable });
        let mut response = (status, Json(json!({ "error": error }))).into_response();
        let headers = response.headers_mut();
        match self {
            Self::Unauthenticated { challenge } => {
                headers.insert(header::WWW_AUTHENTICATE, challenge);
            }
            Self::MethodNotAllowed => {
                headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
            }
            Self::Unavailable { retry_after, .. } => {
                let seconds = HeaderValue::from(retry_after.as_secs().max(1));
                headers.insert(header::RETRY_AFTER, seconds);
            }
            // What is left of the body is not read, so the connection cannot be used again.
            Self::BodyTooLarge { .. } | Self::BodyTooSlow => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        response
    }
}
