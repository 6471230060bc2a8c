//! Prompts a person may pick. They are words only: whatever they lead to passes the same gate.

mod explain_denial;
mod safe_transfer;
mod wallet_status;

use rmcp::model::{
    ErrorData, GetPromptRequestParams, GetPromptResult, Prompt, PromptArgument, PromptMessage, Role,
};
use serde_json::Value;

/// The longest argument that is put into a prompt.
const MAX_ARGUMENT: usize = 200;

struct Template {
    name: &'static str,
    description: &'static str,
    /// Name, description, whether it must be given.
    arguments: &'static [(&'static str, &'static str, bool)],
    write: fn(&Given<'_>) -> String,
}

const TEMPLATES: [&Template; 3] = [
    &wallet_status::TEMPLATE,
    &safe_transfer::TEMPLATE,
    &explain_denial::TEMPLATE,
];

/// The arguments a person gave.
struct Given<'a>(&'a GetPromptRequestParams);

impl Given<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.arguments.as_ref()?.get(name)?.as_str()
    }

    fn or<'a>(&'a self, name: &str, otherwise: &'a str) -> &'a str {
        self.get(name).unwrap_or(otherwise)
    }
}

pub(crate) fn list() -> Vec<Prompt> {
    TEMPLATES
        .iter()
        .map(|template| describe(template))
        .collect()
}

fn describe(template: &Template) -> Prompt {
    let argument = |(name, description, required): &(&str, &str, bool)| {
        PromptArgument::new(*name)
            .with_description(*description)
            .with_required(*required)
    };
    let arguments = template.arguments.iter().map(argument).collect();
    Prompt::new(template.name, Some(template.description), Some(arguments))
}

pub(crate) fn get(request: &GetPromptRequestParams) -> Result<GetPromptResult, ErrorData> {
    let template = TEMPLATES
        .into_iter()
        .find(|template| template.name == request.name)
        .ok_or_else(|| ErrorData::invalid_params("unknown prompt", None))?;
    check(template, request)?;
    let text = (template.write)(&Given(request));
    let message = PromptMessage::new_text(Role::User, text);
    Ok(GetPromptResult::new(vec![message]).with_description(template.description))
}

fn check(template: &Template, request: &GetPromptRequestParams) -> Result<(), ErrorData> {
    let given = request.arguments.iter().flatten();
    for (name, value) in given {
        let known = template.arguments.iter().any(|(known, ..)| known == name);
        let plain = |text: &str| {
            text.chars().count() <= MAX_ARGUMENT && !text.chars().any(char::is_control)
        };
        if !known || !value.as_str().is_some_and(plain) {
            let name: String = name.chars().take(64).collect();
            let message = format!("argument {name} is unknown, too long or not plain text");
            return Err(ErrorData::invalid_params(message, None));
        }
    }
    for (name, _, required) in template.arguments {
        let given = request
            .arguments
            .as_ref()
            .and_then(|given| given.get(*name));
        if *required && given.is_none_or(Value::is_null) {
            let message = format!("argument {name} is missing");
            return Err(ErrorData::invalid_params(message, None));
        }
    }
    Ok(())
}
