//! A small MCP client: the handshake, and one tool call after another.

use secrecy::SecretString;
use serde_json::{Value, json};

use super::{Endpoint, Headers};
use crate::failure::Failure;

/// The revision the small client speaks.
const PROTOCOL: &str = "2025-11-25";

pub(crate) struct Session {
    endpoint: Endpoint,
    url: String,
    key: SecretString,
    headers: Headers,
    next_id: u64,
}

/// What a tool answered.
#[derive(Debug, Clone)]
pub(crate) struct Called {
    pub is_error: bool,
    /// The structured content, or null.
    pub content: Value,
}

impl Session {
    /// Greets the server.
    pub(crate) async fn open(url: &str, key: SecretString) -> Result<Self, Failure> {
        let failed = |error: &dyn std::error::Error| Failure::Mcp {
            method: "initialize".to_owned(),
            detail: error.to_string(),
        };
        let endpoint = Endpoint::new().map_err(|error| failed(&error))?;
        let url = url.to_owned();
        let mut session = Self {
            endpoint,
            url,
            key,
            headers: Headers::default(),
            next_id: 1,
        };
        let client = json!({ "name": "vaultpilot-cli", "version": env!("CARGO_PKG_VERSION") });
        let params =
            json!({ "protocolVersion": PROTOCOL, "capabilities": {}, "clientInfo": client });
        let greeted = session.request("initialize", params).await?;
        let agreed = greeted
            .get("protocolVersion")
            .and_then(Value::as_str)
            .unwrap_or(PROTOCOL);
        session.headers.protocol = Some(agreed.to_owned());
        session.notify("notifications/initialized").await?;
        Ok(session)
    }

    /// The revision both sides agreed on.
    pub(crate) fn protocol(&self) -> &str {
        self.headers.protocol.as_deref().unwrap_or(PROTOCOL)
    }

    /// The tools this key may see.
    pub(crate) async fn tools(&mut self) -> Result<Vec<Value>, Failure> {
        let mut listed = self.request("tools/list", json!({})).await?;
        match listed.get_mut("tools").map(Value::take) {
            Some(Value::Array(tools)) => Ok(tools),
            _ => Ok(Vec::new()),
        }
    }

    pub(crate) async fn call(&mut self, tool: &str, arguments: Value) -> Result<Called, Failure> {
        let params = json!({ "name": tool, "arguments": arguments });
        let mut result = self.request("tools/call", params).await?;
        let is_error = result
            .get("isError")
            .and_then(Value::as_bool)
            .unwrap_or_default();
        let content = result
            .get_mut("structuredContent")
            .map(Value::take)
            .unwrap_or_default();
        Ok(Called { is_error, content })
    }

    async fn notify(&self, method: &str) -> Result<(), Failure> {
        let message = json!({ "jsonrpc": "2.0", "method": method });
        let posted = self
            .endpoint
            .post(&self.url, &self.key, &self.headers, &message, |_| {});
        posted
            .await
            .map(|_| ())
            .map_err(|error| failed(method, &error))
    }

    async fn request(&mut self, method: &str, params: Value) -> Result<Value, Failure> {
        let id = self.next_id;
        self.next_id += 1;
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let mut answer = None;
        let got = |message: Value| {
            if message.get("id").and_then(Value::as_u64) == Some(id) {
                answer = Some(message);
            }
        };
        let posted = self
            .endpoint
            .post(&self.url, &self.key, &self.headers, &message, got)
            .await;
        if let Some(session) = posted.map_err(|error| failed(method, &error))? {
            self.headers.session = Some(session);
        }
        let mut answer = answer.unwrap_or_default();
        match answer.get_mut("result").map(Value::take) {
            Some(result) => Ok(result),
            None => Err(Failure::Mcp {
                method: method.to_owned(),
                detail: answer
                    .pointer("/error/message")
                    .and_then(Value::as_str)
                    .unwrap_or("the server gave no answer")
                    .to_owned(),
            }),
        }
    }
}

fn failed(method: &str, error: &dyn std::error::Error) -> Failure {
    let mut detail = error.to_string();
    if let Some(source) = error.source() {
        detail = format!("{detail}: {source}");
    }
    Failure::Mcp {
        method: method.to_owned(),
        detail,
    }
}
