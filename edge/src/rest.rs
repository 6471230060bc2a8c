//! The REST API, as a client sees it.

mod problem;

use std::fmt::Write as _;
use std::time::Duration;

use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::failure::Failure;
use crate::http;
use crate::place::Place;

pub(crate) use problem::Problem;

/// Longer than the longest call the server answers.
const ANSWER_WITHIN: Duration = Duration::from_mins(1);

/// A server, spoken to as a person.
pub(crate) struct Rest {
    base: String,
    key: SecretString,
    http: reqwest::Client,
}

/// What is sent along.
pub(crate) enum Body {
    None,
    Json(Value),
    Yaml(String),
}

impl Rest {
    pub(crate) fn new(place: Place) -> Result<Self, Failure> {
        let Place { base, key } = place;
        match http::client(Some(ANSWER_WITHIN)) {
            Ok(http) => Ok(Self { base, key, http }),
            Err(source) => Err(Failure::Unreachable { url: base, source }),
        }
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Value, Failure> {
        self.call(Method::GET, path, Body::None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Result<Value, Failure> {
        self.call(Method::POST, path, Body::Json(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Result<Value, Failure> {
        self.call(Method::DELETE, path, Body::None).await
    }

    /// All items of a list, page by page, at most `limit`.
    pub(crate) async fn list(&self, path: &str, limit: usize) -> Result<Vec<Value>, Failure> {
        let mut items = Vec::new();
        let mut cursor: Option<String> = None;
        let joint = if path.contains('?') { '&' } else { '?' };
        loop {
            let size = limit.saturating_sub(items.len()).min(200);
            let mut page = format!("{path}{joint}limit={size}");
            if let Some(cursor) = &cursor {
                page = format!("{page}&cursor={}", segment(cursor));
            }
            let mut answer = self.get(&page).await?;
            if let Some(Value::Array(more)) = answer.get_mut("items").map(Value::take) {
                items.extend(more);
            }
            cursor = answer
                .get("next_cursor")
                .and_then(Value::as_str)
                .map(str::to_owned);
            if cursor.is_none() || items.len() >= limit {
                items.truncate(limit);
                return Ok(items);
            }
        }
    }

    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Body,
    ) -> Result<Value, Failure> {
        let text = self.text(method, path, body).await?.text;
        if text.trim().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).map_err(|source| Failure::Unreadable {
            url: self.url(path),
            source,
        })
    }

    /// The answer as it came, for what is not JSON.
    pub(crate) async fn text(
        &self,
        method: Method,
        path: &str,
        body: Body,
    ) -> Result<Answer, Failure> {
        let url = self.url(path);
        let request = self
            .http
            .request(method, &url)
            .bearer_auth(self.key.expose_secret());
        let request = match body {
            Body::None => request,
            Body::Json(value) => request.json(&value),
            Body::Yaml(text) => request
                .header("content-type", "application/yaml")
                .body(text),
        };
        let unreachable = |source| Failure::Unreachable {
            url: self.base.clone(),
            source,
        };
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let next_after = response
            .headers()
            .get("x-next-after")
            .and_then(|value| value.to_str().ok()?.parse().ok());
        let text = response.text().await.map_err(unreachable)?;
        if status.is_success() {
            Ok(Answer { text, next_after })
        } else {
            Err(Failure::Refused(Box::new(Problem::read(
                status.as_u16(),
                &text,
            ))))
        }
    }

    fn url(&self, path: &str) -> String {
        // The health endpoints stand beside the API.
        if path.starts_with('/') {
            format!("{}{path}", self.base)
        } else {
            format!("{}/api/v1/{path}", self.base)
        }
    }
}

/// A text, and where the next page begins.
pub(crate) struct Answer {
    pub text: String,
    pub next_after: Option<u64>,
}

/// A view, from an answer of ours. Fields that are not there are told as an unreadable answer.
pub(crate) fn view<T: DeserializeOwned>(value: &Value) -> Result<T, Failure> {
    T::deserialize(value).map_err(|source| Failure::Unreadable {
        url: "the server".to_owned(),
        source,
    })
}

/// Text as one segment of a path, or one value of a query.
pub(crate) fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    // A dot segment would be taken as a step up.
    if encoded.chars().all(|c| c == '.') {
        encoded.replace('.', "%2E")
    } else {
        encoded
    }
}

#[cfg(test)]
mod tests;
