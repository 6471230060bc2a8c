//! The OpenAPI 3.1 document, made of the table of operations.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::operation::{Access, Operation};
use crate::{Problem, operations};

/// The document as JSON.
pub fn document(version: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let problem = generator.subschema_for::<Problem>();
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations() {
        let mut entry = described(&operation);
        if let Some(schema) = operation.request {
            let schema = schema(&mut generator);
            entry["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
        }
        let ok = match operation.response {
            Some(schema) => {
                let schema = schema(&mut generator);
                json!({ "description": "done",
                        "content": { operation.content_type: { "schema": schema } } })
            }
            None => json!({ "description": "done" }),
        };
        entry["responses"] = json!({
            "2XX": ok,
            "default": { "description": "RFC 9457 problem",
                         "content": { "application/problem+json": { "schema": problem } } },
        });
        let path = paths
            .entry(operation.path.to_owned())
            .or_insert_with(|| json!({}));
        path[operation.method.as_str()] = entry;
    }
    let schemas = generator.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "VaultPilot control API",
            "version": version,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "description": "an API key, vp_…" },
            },
        },
    })
}

fn described(operation: &Operation) -> Value {
    let in_path = operation.path.split('/').filter_map(|part| {
        let name = part.strip_prefix('{')?.strip_suffix('}')?;
        Some(
            json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }),
        )
    });
    let in_query = operation.query.iter().map(|(name, meaning)| {
        json!({ "name": name, "in": "query", "description": meaning,
                "schema": { "type": "string" } })
    });
    let parameters: Vec<Value> = in_path.chain(in_query).collect();
    let (security, who) = match operation.access {
        Access::Open => (json!([]), "anybody".to_owned()),
        Access::Authenticated => (json!([{ "bearer": [] }]), "any key".to_owned()),
        Access::Person(permission) => {
            let name = serde_json::to_value(permission).unwrap_or_default();
            let name = name.as_str().unwrap_or_default();
            (json!([{ "bearer": [] }]), format!("people with {name}"))
        }
    };
    json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "description": format!("For {who}."),
        "parameters": parameters,
        "security": security,
    })
}
