//! Questions of the server to its client while a tool runs, as 2025-11-25 has them. They need a
//! session, so the suite's scenarios about them are the expected failures.

use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::{
    CallToolResult, CreateMessageRequestParams, ElicitRequestParams, ErrorData, JsonObject,
    SamplingMessage,
};
use rmcp::service::{RequestContext, ServiceError};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::tool::text;

/// How long a client may take to answer. The suite's answers at once, where it can.
const PATIENCE: Duration = Duration::from_secs(2);

/// The answer of a tool that asks its client; `None` for tools that do not.
pub(crate) async fn call(
    tool: &str,
    arguments: Option<&JsonObject>,
    context: &RequestContext<RoleServer>,
) -> Option<Result<CallToolResult, ErrorData>> {
    let argument = |name: &str| {
        let value = arguments.and_then(|arguments| arguments.get(name)?.as_str());
        value.unwrap_or_default().to_owned()
    };
    let (message, schema) = match tool {
        "test_sampling" => return Some(told(sample(&argument("prompt"), context)).await),
        "test_elicitation" => (argument("message"), person()),
        "test_elicitation_sep1034_defaults" => ("Every field has a default".into(), defaults()),
        "test_elicitation_sep1330_enums" => ("Every kind of choice".into(), choices()),
        _ => return None,
    };
    Some(told(elicit(message, schema, context)).await)
}

/// An answer that never came is no answer of the tool's: the call itself has failed.
async fn told(
    asked: impl Future<Output = Result<CallToolResult, ServiceError>>,
) -> Result<CallToolResult, ErrorData> {
    let problem = match timeout(PATIENCE, asked).await {
        Ok(Ok(answered)) => return Ok(answered),
        Ok(Err(refused)) => refused.to_string(),
        Err(_) => "the client's answer did not reach the tool".to_owned(),
    };
    Err(ErrorData::internal_error(problem, None))
}

async fn sample(
    prompt: &str,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResult, ServiceError> {
    let messages = vec![SamplingMessage::user_text(prompt)];
    let asked = CreateMessageRequestParams::new(messages, 100);
    let answer = context.peer.create_message(asked).await?;
    let said = answer
        .message
        .content
        .first()
        .and_then(|part| part.as_text());
    let said = said.map_or("", |part| part.text.as_str());
    let line = format!("LLM response: {said}");
    Ok(CallToolResult::success(vec![text(&line)]))
}

async fn elicit(
    message: String,
    schema: Value,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResult, ServiceError> {
    let requested_schema = serde_json::from_value(schema).map_err(|problem| {
        ServiceError::McpError(ErrorData::internal_error(problem.to_string(), None))
    })?;
    let asked = ElicitRequestParams::FormElicitationParams {
        meta: None,
        message,
        requested_schema,
    };
    let answer = context.peer.create_elicitation(asked).await?;
    let action = serde_json::to_value(&answer.action).unwrap_or_default();
    let line = format!(
        "Elicitation completed: action={}, content={}",
        action.as_str().unwrap_or_default(),
        answer.content.unwrap_or_default()
    );
    Ok(CallToolResult::success(vec![text(&line)]))
}

fn person() -> Value {
    json!({
        "type": "object",
        "properties": {
            "username": { "type": "string", "description": "User's response" },
            "email": { "type": "string", "description": "User's email address" },
        },
        "required": ["username", "email"],
    })
}

fn defaults() -> Value {
    json!({ "type": "object", "properties": {
        "name": { "type": "string", "default": "John Doe" },
        "age": { "type": "integer", "default": 30 },
        "score": { "type": "number", "default": 95.5 },
        "status": {
            "type": "string", "enum": ["active", "inactive", "pending"], "default": "active",
        },
        "verified": { "type": "boolean", "default": true },
    }})
}

fn choices() -> Value {
    let titled = json!([
        { "const": "value1", "title": "First Option" },
        { "const": "value2", "title": "Second Option" },
        { "const": "value3", "title": "Third Option" },
    ]);
    let untitled = json!(["option1", "option2", "option3"]);
    json!({ "type": "object", "properties": {
        "untitledSingle": { "type": "string", "enum": untitled },
        "titledSingle": { "type": "string", "oneOf": titled },
        "legacyEnum": {
            "type": "string",
            "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"],
        },
        "untitledMulti": { "type": "array", "items": { "type": "string", "enum": untitled } },
        "titledMulti": { "type": "array", "items": { "anyOf": titled } },
    }})
}
