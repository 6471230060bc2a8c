//! Schemas of parameters and results, as few tokens as they can be.

use std::sync::Arc;

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

/// The schema of a parameter struct. What a model does not need is left out: titles, dialect,
/// widths of integers, defaults that say nothing, and that an absent
/// field may also be null.
pub(crate) fn compact<T: JsonSchema>() -> Arc<JsonObject> {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    let schema = settings.into_generator().into_root_schema_for::<T>();
    let Value::Object(mut schema) = schema.to_value() else {
        return Arc::default();
    };
    // What the struct says of itself is for readers of the code; the tool has a description.
    schema.remove("description");
    schema.entry("properties").or_insert_with(|| json!({}));
    strip(&mut schema);
    Arc::new(schema)
}

fn strip(schema: &mut JsonObject) {
    for noise in ["title", "format"] {
        schema.remove(noise);
    }
    if schema
        .get("default")
        .is_some_and(|default| default.is_null() || default == false)
    {
        schema.remove("default");
    }
    // Where the source breaks its lines is nothing to a model.
    if let Some(Value::String(words)) = schema.get_mut("description") {
        *words = words.replace('\n', " ");
    }
    if let Some(kind) = schema.get_mut("type") {
        strip_null(kind);
    }
    for (key, value) in schema.iter_mut() {
        match value {
            Value::Object(properties) if key == "properties" => {
                properties
                    .values_mut()
                    .filter_map(Value::as_object_mut)
                    .for_each(strip);
            }
            Value::Object(inner) => strip(inner),
            _ => {}
        }
    }
}

/// `["string", "null"]` is a string that may be absent.
fn strip_null(kind: &mut Value) {
    let Value::Array(kinds) = kind else { return };
    kinds.retain(|kind| kind != "null");
    if let [only] = kinds.as_mut_slice() {
        *kind = only.take();
    }
}

/// The result of everything that judges or makes a payment: what to branch on. The rest is told in
/// words by the answer itself.
pub(crate) fn payment() -> Arc<JsonObject> {
    let statuses = json!([
        "executed",
        "submitted",
        "pending_approval",
        "denied",
        "simulated",
        "ambiguous",
        "failed"
    ]);
    let mut schema = JsonObject::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert(
        "properties".to_owned(),
        json!({ "status": { "enum": statuses } }),
    );
    schema.insert("required".to_owned(), json!(["status"]));
    Arc::new(schema)
}
