//! A client that says exactly what the test says.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;

use crate::house::House;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The stable code of a problem, which must be one in form.
    #[track_caller]
    pub(crate) fn problem(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self:?}"
        );
        let body = self.json();
        let code = body["code"].as_str().unwrap();
        assert_eq!(body["type"], format!("https://vaultpilot.io/errors/{code}"));
        assert_eq!(body["status"], self.status.as_u16());
        assert!(
            body["title"].is_string() && body["detail"].is_string(),
            "{self:?}"
        );
        assert!(body["retryable"].is_boolean(), "{self:?}");
        code.to_owned()
    }
}

/// A request on its way.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
}

impl Ask {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        Self {
            method,
            path: path.to_owned(),
            headers: HeaderMap::new(),
            body: None,
        }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.headers
            .insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.with("authorization", &format!("Bearer {key}"))
    }

    pub(crate) fn session(self, id: &str) -> Self {
        self.with("cookie", &format!("theme=dark; vaultpilot_session={id}"))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.with("content-type", "application/json")
            .body(body.to_string())
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Sends it; the body of the answer is still to come.
    pub(crate) async fn open(self, house: &House) -> Response {
        let url = format!("http://{}{}", house.at, self.path);
        let mut request = house.client.request(self.method, url).headers(self.headers);
        if let Some(body) = self.body {
            request = request.body(body);
        }
        request.send().await.unwrap()
    }

    pub(crate) async fn send(self, house: &House) -> Answer {
        let response = self.open(house).await;
        let (status, headers) = (response.status(), response.headers().clone());
        Answer {
            status,
            headers,
            text: response.text().await.unwrap(),
        }
    }
}

pub(crate) fn get(path: &str) -> Ask {
    Ask::new("get", path)
}

pub(crate) fn post(path: &str) -> Ask {
    Ask::new("post", path)
}
