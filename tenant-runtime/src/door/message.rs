//! Failures of the transport, made typed. rmcp answers some of them in plain text, and calls a body
//! that is no message an unsupported media type.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use rmcp::model::{ErrorData, JsonRpcError, RequestId};
use serde_json::Value;

use super::Refusal;

/// Enough for any sentence of rmcp.
const MAX_SENTENCE: usize = 1024;

/// Whether this is a failure that no program could read.
pub(crate) fn is_bare_failure(response: &Response) -> bool {
    let status = response.status();
    (status.is_client_error() || status.is_server_error())
        && !is_json(response.headers().get(header::CONTENT_TYPE))
}

/// The same failure, typed. `content_type` and `body` are the request's.
pub(crate) async fn typed(
    response: Response,
    content_type: Option<&HeaderValue>,
    body: &Bytes,
) -> Result<Response, Refusal> {
    let status = response.status();
    match status {
        StatusCode::NOT_ACCEPTABLE => Err(Refusal::NotAcceptable),
        StatusCode::UNSUPPORTED_MEDIA_TYPE if is_json(content_type) => Ok(no_message(body)),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Err(Refusal::UnsupportedMediaType),
        StatusCode::PAYLOAD_TOO_LARGE => Err(Refusal::BodyTooLarge { limit: body.len() }),
        _ if status.is_server_error() => {
            let sentence = sentence(response.into_body()).await;
            tracing::error!(sentence, "transport failed");
            Err(Refusal::Internal {
                reference: "transport".to_owned(),
            })
        }
        _ => {
            let sentence = sentence(response.into_body()).await;
            Ok(error(
                status,
                None,
                ErrorData::invalid_request(sentence, None),
            ))
        }
    }
}

fn is_json(content_type: Option<&HeaderValue>) -> bool {
    let text = content_type.and_then(|value| value.to_str().ok());
    let essence = text.and_then(|text| text.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// A body that is no JSON, or JSON that is no message.
fn no_message(body: &Bytes) -> Response {
    match serde_json::from_slice::<Value>(body) {
        Err(problem) => {
            let message = format!("request body is not JSON: {problem}");
            let data = ErrorData::parse_error(message, None);
            error(StatusCode::BAD_REQUEST, None, data)
        }
        Ok(Value::Array(_)) => {
            let message = "request body is an array: MCP has no batches, send one message a POST";
            let data = ErrorData::invalid_request(message, None);
            error(StatusCode::BAD_REQUEST, None, data)
        }
        Ok(value) => {
            let id = value.get("id").cloned();
            let id = id.and_then(|id| serde_json::from_value::<RequestId>(id).ok());
            let message = "request body is not one JSON-RPC 2.0 message";
            error(
                StatusCode::BAD_REQUEST,
                id,
                ErrorData::invalid_request(message, None),
            )
        }
    }
}

fn error(status: StatusCode, id: Option<RequestId>, data: ErrorData) -> Response {
    (status, Json(JsonRpcError::new(id, data))).into_response()
}

async fn sentence(body: Body) -> String {
    let bytes = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes);
    let bytes = bytes.unwrap_or_default();
    let end = bytes.len().min(MAX_SENTENCE);
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}
