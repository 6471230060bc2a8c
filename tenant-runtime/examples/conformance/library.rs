//! The suite's resources and prompts.

use rmcp::model::{
    CompleteRequestParams, CompletionInfo, ContentBlock, ErrorData, GetPromptRequestParams,
    GetPromptResult, ImageContent, Prompt, PromptArgument, PromptMessage, ReadResourceResult,
    Reference, Resource, ResourceContents, ResourceTemplate, Role,
};
use serde_json::json;

/// A PNG of one red pixel.
pub(crate) const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAH\
ggJ/PchI7wAAAABJRU5ErkJggg==";

const TEXT: &str = "test://static-text";
const BINARY: &str = "test://static-binary";

pub(crate) fn resources() -> Vec<Resource> {
    vec![
        Resource::new(TEXT, "static text").with_mime_type("text/plain"),
        Resource::new(BINARY, "static bytes").with_mime_type("image/png"),
    ]
}

pub(crate) fn templates() -> Vec<ResourceTemplate> {
    let uri = "test://template/{id}/data";
    vec![ResourceTemplate::new(uri, "one by id").with_mime_type("application/json")]
}

pub(crate) fn read(uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let id = uri
        .strip_prefix("test://template/")
        .and_then(|rest| rest.strip_suffix("/data"));
    let content = match (uri, id) {
        (TEXT, _) => written(
            uri,
            "text/plain",
            "This is the content of the static text resource.".to_owned(),
        ),
        (BINARY, _) => ResourceContents::BlobResourceContents {
            uri: uri.to_owned(),
            mime_type: Some("image/png".to_owned()),
            blob: PIXEL.to_owned(),
            meta: None,
        },
        (_, Some(id)) => {
            let data = format!("Data for ID: {id}");
            let text = json!({ "id": id, "templateTest": true, "data": data }).to_string();
            written(uri, "application/json", text)
        }
        _ => {
            let data = json!({ "uri": uri });
            let message = format!("no such resource: {uri}");
            return Err(ErrorData::resource_not_found(message, Some(data)));
        }
    };
    Ok(ReadResourceResult::new(vec![content]))
}

fn written(uri: &str, mime_type: &str, text: String) -> ResourceContents {
    ResourceContents::TextResourceContents {
        uri: uri.to_owned(),
        mime_type: Some(mime_type.to_owned()),
        text,
        meta: None,
    }
}

pub(crate) fn prompts() -> Vec<Prompt> {
    let plain = |name: &str| Prompt::new(name, Some("A prompt of the suite"), None);
    let argument = |name: &str, needed| PromptArgument::new(name).with_required(needed);
    let arguments = vec![argument("arg1", true), argument("arg2", true)];
    vec![
        plain("test_simple_prompt"),
        Prompt::new(
            "test_prompt_with_arguments",
            Some("A prompt of the suite"),
            Some(arguments),
        ),
        plain("test_prompt_with_embedded_resource"),
        plain("test_prompt_with_image"),
        plain("test_input_required_result_prompt"),
    ]
}

pub(crate) fn prompt(request: &GetPromptRequestParams) -> Result<GetPromptResult, ErrorData> {
    let said = |words: &str| PromptMessage::new_text(Role::User, words);
    let messages = match request.name.as_str() {
        "test_simple_prompt" => vec![said("This is a simple prompt for testing.")],
        "test_prompt_with_arguments" => {
            let arguments = request.arguments.as_ref();
            let given = |name: &str| {
                let value = arguments.and_then(|arguments| arguments.get(name)?.as_str());
                value.unwrap_or_default().to_owned()
            };
            let (first, second) = (given("arg1"), given("arg2"));
            vec![said(&format!(
                "Prompt with arguments: arg1='{first}', arg2='{second}'"
            ))]
        }
        "test_prompt_with_embedded_resource" => {
            let arguments = request.arguments.as_ref();
            let uri = arguments.and_then(|arguments| arguments.get("resourceUri")?.as_str());
            let resource = written(
                uri.unwrap_or(TEXT),
                "text/plain",
                "Embedded resource content for testing.".to_owned(),
            );
            vec![
                PromptMessage::new(Role::User, ContentBlock::resource(resource)),
                said("Please process the embedded resource above."),
            ]
        }
        "test_prompt_with_image" => {
            let image = ContentBlock::Image(ImageContent::new(PIXEL, "image/png"));
            vec![
                PromptMessage::new(Role::User, image),
                said("Please analyze the image above."),
            ]
        }
        name => {
            let message = format!("unknown prompt: {name}");
            return Err(ErrorData::invalid_params(message, None));
        }
    };
    Ok(GetPromptResult::new(messages))
}

pub(crate) fn complete(request: &CompleteRequestParams) -> Result<CompletionInfo, ErrorData> {
    let known = match request.r#ref {
        Reference::Prompt(_) => ["paris", "park", "party"],
        _ => ["1", "2", "3"],
    };
    let fitting = known
        .into_iter()
        .filter(|value| value.starts_with(&request.argument.value));
    let values = fitting.map(str::to_owned).collect();
    CompletionInfo::new(values).map_err(|problem| ErrorData::internal_error(problem, None))
}
