//! The suite's tools: their list, and the answers of those that answer at once.

use rmcp::RoleServer;
use rmcp::model::{
    AudioContent, CallToolRequestParams, CallToolResult, ContentBlock, ErrorData, JsonObject,
    LoggingLevel, LoggingMessageNotificationParam, ProgressNotificationParam, ResourceContents,
    Tool,
};
use rmcp::service::RequestContext;
use serde_json::{Value, json};

use crate::library::PIXEL;

/// A WAV file with nothing to hear.
const SILENCE: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=";

/// Tools without parameters.
const PLAIN: [&str; 23] = [
    "test_simple_text",
    "test_image_content",
    "test_audio_content",
    "test_embedded_resource",
    "test_multiple_content_types",
    "test_tool_with_logging",
    "test_tool_with_progress",
    "test_error_handling",
    "test_logging_tool",
    "test_reconnection",
    "test_elicitation_sep1034_defaults",
    "test_elicitation_sep1330_enums",
    "test_trigger_tool_change",
    "test_trigger_prompt_change",
    "test_missing_capability",
    "test_streaming_elicitation",
    "test_input_required_result_elicitation",
    "test_input_required_result_sampling",
    "test_input_required_result_list_roots",
    "test_input_required_result_request_state",
    "test_input_required_result_multiple_inputs",
    "test_input_required_result_multi_round",
    "test_input_required_result_capabilities",
];

pub(crate) fn list() -> Vec<Tool> {
    let empty = json!({ "type": "object", "properties": {} });
    let mut tools: Vec<_> = PLAIN.map(|name| tool(name, &empty)).into();
    tools.push(tool("test_input_required_result_tampered_state", &empty));
    tools.push(tool("test_sampling", &one_text("prompt")));
    tools.push(tool("test_elicitation", &one_text("message")));
    tools.push(custom_header());
    tools.push(tool("json_schema_2020_12_tool", &schema_2020_12()));
    tools
}

/// A parameter that comes in a header as well (SEP-2243).
pub(crate) fn custom_header() -> Tool {
    let schema = json!({
        "type": "object",
        "properties": { "value": { "type": "string", "x-mcp-header": "Value" } },
        "required": ["value"],
    });
    tool("test_custom_header", &schema)
}

fn tool(name: &'static str, schema: &Value) -> Tool {
    let schema: JsonObject = schema.as_object().cloned().unwrap_or_default();
    Tool::new(name, "A tool of the conformance suite", schema)
}

fn one_text(name: &str) -> Value {
    json!({ "type": "object", "properties": { name: { "type": "string" } }, "required": [name] })
}

fn schema_2020_12() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": { "address": {
            "$anchor": "address",
            "type": "object",
            "properties": { "street": { "type": "string" }, "city": { "type": "string" } },
        }},
        "properties": {
            "name": { "type": "string" },
            "address": { "$ref": "#/$defs/address" },
            "contactMethod": { "type": "string", "enum": ["phone", "email"] },
            "phone": { "type": "string" },
            "email": { "type": "string" },
        },
        "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
        "if": {
            "properties": { "contactMethod": { "const": "phone" } },
            "required": ["contactMethod"],
        },
        "then": { "required": ["phone"] },
        "else": { "required": ["email"] },
        "additionalProperties": false,
    })
}

pub(crate) async fn call(
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResult, ErrorData> {
    let argument = |name: &str| {
        let arguments = request.arguments.as_ref()?;
        arguments.get(name)?.as_str()
    };
    let parts = match request.name.as_ref() {
        "test_simple_text" => vec![text("This is a simple text response for testing.")],
        "test_image_content" => vec![ContentBlock::image(PIXEL, "image/png")],
        "test_audio_content" => {
            vec![ContentBlock::Audio(AudioContent::new(SILENCE, "audio/wav"))]
        }
        "test_embedded_resource" => vec![embedded(
            "test://embedded-resource",
            "text/plain",
            "This is an embedded resource content.",
        )],
        "test_multiple_content_types" => vec![
            text("Multiple content types test:"),
            ContentBlock::image(PIXEL, "image/png"),
            embedded(
                "test://mixed-content-resource",
                "application/json",
                r#"{"test":"data","value":123}"#,
            ),
        ],
        "test_error_handling" => {
            let words = text("This tool intentionally returns an error for testing");
            return Ok(CallToolResult::error(vec![words]));
        }
        "test_tool_with_logging" => {
            for line in ["started", "processing data", "completed"] {
                log(context, LoggingLevel::Info, &format!("Tool {line}")).await;
            }
            vec![text("Logging test completed")]
        }
        "test_logging_tool" => {
            if let Some(level) = context.meta.log_level() {
                log(context, level, "a level was asked for").await;
            }
            vec![text("Logging tool completed")]
        }
        "test_tool_with_progress" => {
            progress(context).await;
            vec![text("Progress test completed")]
        }
        "test_reconnection" => vec![text("Reconnection test completed")],
        "test_custom_header" => {
            let missing = || ErrorData::invalid_params("value is not a text", None);
            vec![text(argument("value").ok_or_else(missing)?)]
        }
        "json_schema_2020_12_tool" => {
            vec![text(&format!(
                "Hello, {}!",
                argument("name").unwrap_or("world")
            ))]
        }
        name => {
            let message = format!("unknown tool: {name}");
            return Err(ErrorData::invalid_params(message, None));
        }
    };
    Ok(CallToolResult::success(parts))
}

pub(crate) fn text(words: &str) -> ContentBlock {
    ContentBlock::text(words)
}

fn embedded(uri: &str, mime_type: &str, text: &str) -> ContentBlock {
    ContentBlock::resource(ResourceContents::TextResourceContents {
        uri: uri.to_owned(),
        mime_type: Some(mime_type.to_owned()),
        text: text.to_owned(),
        meta: None,
    })
}

async fn log(context: &RequestContext<RoleServer>, level: LoggingLevel, line: &str) {
    let line = LoggingMessageNotificationParam::new(level, json!(line)).with_logger("fixture");
    // A client that has gone hears nothing; the suite tells where it should have.
    let _ = context.peer.notify_logging_message(line).await;
}

async fn progress(context: &RequestContext<RoleServer>) {
    let Some(token) = context.meta.get_progress_token() else {
        return;
    };
    for done in [0.0, 50.0, 100.0] {
        let step = ProgressNotificationParam::new(token.clone(), done).with_total(100.0);
        let _ = context.peer.notify_progress(step).await;
    }
}
