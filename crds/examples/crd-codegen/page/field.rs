//! One row for each field of a schema, the nested ones too.

use serde_json::Value;

pub(crate) struct Field {
    path: String,
    kind: String,
    required: bool,
    default: Option<String>,
    meaning: String,
}

impl Field {
    pub(crate) fn row(&self) -> String {
        let mut meaning = Vec::new();
        if !self.meaning.is_empty() {
            meaning.push(self.meaning.clone());
        }
        if self.required {
            meaning.push("*required*".to_owned());
        }
        if let Some(default) = &self.default {
            meaning.push(format!("Default `{default}`."));
        }
        format!(
            "| `{}` | {} | {} |",
            self.path,
            self.kind,
            cell(&meaning.join(" "))
        )
    }
}

pub(crate) fn fields(schema: &Value) -> Vec<Field> {
    let mut all = Vec::new();
    collect(schema, "", &mut all);
    all
}

/// The sentences of all rules of a schema, in order.
pub(crate) fn rules(schema: &Value) -> Vec<String> {
    let mut all = Vec::new();
    let mut note = |schema: &Value| {
        let rules = schema["x-kubernetes-validations"].as_array();
        let sentences = rules
            .into_iter()
            .flatten()
            .filter_map(|rule| rule["message"].as_str());
        all.extend(sentences.map(str::to_owned));
    };
    walk(schema, &mut note);
    all
}

fn walk(schema: &Value, note: &mut impl FnMut(&Value)) {
    note(schema);
    for property in schema["properties"].as_object().into_iter().flatten() {
        walk(property.1, note);
    }
    for inner in ["items", "additionalProperties"] {
        if schema[inner].is_object() {
            walk(&schema[inner], note);
        }
    }
}

fn collect(schema: &Value, prefix: &str, all: &mut Vec<Field>) {
    let required = schema["required"].as_array();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{prefix}{name}");
        let must = required.is_some_and(|names| names.iter().any(|one| one == name));
        all.push(Field {
            kind: kind(property),
            required: must,
            default: property
                .get("default")
                .filter(|one| !one.is_object())
                .map(plain),
            meaning: property["description"]
                .as_str()
                .unwrap_or_default()
                .replace('\n', " "),
            path: path.clone(),
        });
        collect(property, &format!("{path}."), all);
        collect(&property["items"], &format!("{path}[]."), all);
    }
}

/// The type in words, with what the API server checks.
fn kind(schema: &Value) -> String {
    let bound = |name: &str| schema[name].as_i64();
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> = words
            .iter()
            .map(|word| format!("`{}`", plain(word)))
            .collect();
        return words.join(", ");
    }
    match schema["type"].as_str().unwrap_or_default() {
        "array" => format!(
            "up to {} of: {}",
            bound("maxItems").unwrap_or(0),
            kind(&schema["items"])
        ),
        "object" if schema["additionalProperties"].is_object() => {
            format!(
                "up to {} keys and values",
                bound("maxProperties").unwrap_or(0)
            )
        }
        "integer" => match (bound("minimum"), bound("maximum")) {
            (Some(min), Some(max)) => format!("integer, {min} to {max}"),
            (Some(min), None) => format!("integer from {min}"),
            _ => "integer".to_owned(),
        },
        "string" if schema["format"] == "date-time" => "time".to_owned(),
        "string" => format!("text, up to {} characters", bound("maxLength").unwrap_or(0)),
        other => other.to_owned(),
    }
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
