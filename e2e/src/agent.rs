//! An agent on rmcp's client, over the real socket.

use rmcp::ServiceExt;
use rmcp::model::{CallToolRequestParams, Tool};
use rmcp::service::{RoleClient, RunningService};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use serde_json::Value;

use crate::chain::{client, client_at};

pub struct Agent {
    service: RunningService<RoleClient, ()>,
}

/// A tool's answer: its structured content, and whether it is an error result.
#[derive(Debug, Clone)]
pub struct Answer {
    pub content: Value,
    pub is_error: bool,
}

impl std::ops::Index<&str> for Answer {
    type Output = Value;

    fn index(&self, field: &str) -> &Value {
        &self.content[field]
    }
}

impl Agent {
    pub async fn connect(url: &str, key: &str) -> Self {
        Self::try_connect(url, key)
            .await
            .unwrap_or_else(|error| panic!("no connection: {error}"))
    }

    /// # Errors
    /// What the client says when it is not let in.
    pub async fn try_connect(url: &str, key: &str) -> Result<Self, String> {
        Self::over(client(), url, key).await
    }

    /// Connects to a name that only the other side knows, at an address of its own.
    ///
    /// # Errors
    /// What the client says when it is not let in.
    pub async fn at(address: std::net::SocketAddr, url: &str, key: &str) -> Result<Self, String> {
        Self::over(client_at(url, address), url, key).await
    }

    async fn over(client: reqwest::Client, url: &str, key: &str) -> Result<Self, String> {
        let config = StreamableHttpClientTransportConfig::with_uri(url).auth_header(key);
        let transport = StreamableHttpClientTransport::with_client(client, config);
        let service = ().serve(transport).await.map_err(|error| error.to_string())?;
        Ok(Self { service })
    }

    pub async fn tools(&self) -> Vec<Tool> {
        self.service.list_all_tools().await.unwrap()
    }

    pub async fn call(&self, tool: &str, arguments: Value) -> Answer {
        let called = self.try_call(tool, arguments).await;
        called.unwrap_or_else(|error| panic!("{tool}: {error}"))
    }

    /// # Errors
    /// A protocol error or a broken connection; an error result of the tool is an answer.
    pub async fn try_call(&self, tool: &str, arguments: Value) -> Result<Answer, String> {
        let Value::Object(arguments) = arguments else {
            panic!("arguments are an object")
        };
        let params = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        let result = self
            .service
            .call_tool(params)
            .await
            .map_err(|error| error.to_string())?;
        let content = result.structured_content.unwrap_or(Value::Null);
        Ok(Answer {
            content,
            is_error: result.is_error.unwrap_or(false),
        })
    }

    /// Calls and expects no error result.
    pub async fn ok(&self, tool: &str, arguments: Value) -> Answer {
        let answer = self.call(tool, arguments).await;
        assert!(!answer.is_error, "{tool}: {}", answer.content);
        answer
    }

    /// Waits until a payment is over, a minute at most.
    pub async fn settled(&self, transaction: &str) -> Value {
        for _ in 0..12 {
            let waited = serde_json::json!({ "id": transaction, "timeout_s": 5 });
            let answer = self.ok("wait_for_transaction", waited).await;
            let state = answer["state"].as_str().unwrap();
            if [
                "final",
                "reverted",
                "refused",
                "dropped",
                "cancelled",
                "rejected",
                "expired",
            ]
            .contains(&state)
            {
                return answer.content;
            }
        }
        panic!("{transaction} does not settle");
    }
}
