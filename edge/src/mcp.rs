//! The MCP endpoint over streamable HTTP, as far as the command line needs it: post a message, read
//! what comes back, as JSON or as events.

mod session;

use futures::StreamExt as _;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Response, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use crate::http;
use crate::sse::Events;

pub(crate) use session::{Called, Session};

/// Why a post gave no answer. Told to people by `detail`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PostError {
    #[error("MCP endpoint cannot be reached")]
    Unreachable(#[from] reqwest::Error),
    #[error("key was refused: it is missing, unknown, expired or revoked")]
    Unauthenticated,
    #[error("MCP endpoint answered HTTP {status}: {body}")]
    Status { status: u16, body: String },
    #[error("MCP endpoint answered something that is not JSON")]
    NotJson(#[from] serde_json::Error),
}

/// What goes beside a message in the headers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Headers {
    pub protocol: Option<String>,
    pub session: Option<String>,
}

pub(crate) struct Endpoint {
    http: reqwest::Client,
}

impl Endpoint {
    pub(crate) fn new() -> Result<Self, PostError> {
        // No overall time-out: a stream may be long, and the server bounds its own calls.
        Ok(Self {
            http: http::client(None)?,
        })
    }

    /// Posts a message and hands over every message that comes back, as it comes.
    pub(crate) async fn post(
        &self,
        url: &str,
        key: &SecretString,
        headers: &Headers,
        message: &Value,
        mut got: impl FnMut(Value),
    ) -> Result<Option<String>, PostError> {
        let mut request = self
            .http
            .post(url)
            .bearer_auth(key.expose_secret())
            .header(ACCEPT, "application/json, text/event-stream")
            .json(message);
        if let Some(protocol) = protocol_of(message).or(headers.protocol.as_deref()) {
            request = request.header("mcp-protocol-version", protocol);
        }
        for (name, value) in routing(message) {
            request = request.header(name, value);
        }
        if let Some(session) = &headers.session {
            request = request.header("mcp-session-id", session);
        }
        let response = request.send().await?;
        let session = response.headers().get("mcp-session-id");
        let session = session.and_then(|id| id.to_str().ok()).map(str::to_owned);
        read(response, &mut got).await?;
        Ok(session)
    }
}

async fn read(response: Response, got: &mut impl FnMut(Value)) -> Result<(), PostError> {
    let status = response.status();
    let kind = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    if status.is_success() && kind.is_some_and(|kind| kind.starts_with("text/event-stream")) {
        let mut events = Events::default();
        let mut stream = response.bytes_stream();
        while let Some(bytes) = stream.next().await {
            for data in events.push(&bytes?) {
                got(serde_json::from_str(&data)?);
            }
        }
        return Ok(());
    }
    let body = response.text().await?;
    if body.trim().is_empty() && status.is_success() {
        return Ok(());
    }
    match serde_json::from_str::<Value>(&body) {
        // JSON-RPC errors travel with HTTP errors, too.
        Ok(message) if message.get("jsonrpc").is_some() || message.is_array() => got(message),
        _ if status == StatusCode::UNAUTHORIZED => return Err(PostError::Unauthenticated),
        Err(source) if status.is_success() => return Err(PostError::NotJson(source)),
        _ => {
            let body = body.chars().take(300).collect();
            return Err(PostError::Status {
                status: status.as_u16(),
                body,
            });
        }
    }
    Ok(())
}

/// The revision a message speaks, where each message says so itself.
fn protocol_of(message: &Value) -> Option<&str> {
    message
        .pointer("/params/_meta/io.modelcontextprotocol~1protocolVersion")?
        .as_str()
}

/// `Mcp-Method` and `Mcp-Name`, which let proxies route without reading bodies.
fn routing(message: &Value) -> Vec<(&'static str, &str)> {
    let Some(method) = message.get("method").and_then(Value::as_str) else {
        return Vec::new();
    };
    let name = match method {
        "tools/call" | "prompts/get" => message.pointer("/params/name"),
        "resources/read" | "resources/subscribe" | "resources/unsubscribe" => {
            message.pointer("/params/uri")
        }
        "tasks/get" | "tasks/update" | "tasks/cancel" => message.pointer("/params/taskId"),
        _ => None,
    };
    let name = name.and_then(Value::as_str).map(|name| ("mcp-name", name));
    let headers = [Some(("mcp-method", method)), name];
    let fits = |value: &str| value.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
    headers
        .into_iter()
        .flatten()
        .filter(|(_, value)| fits(value))
        .collect()
}

#[cfg(test)]
mod tests;
