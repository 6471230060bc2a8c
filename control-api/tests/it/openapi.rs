//! The description for programs says all there is.

use std::collections::BTreeSet;

use serde_json::Value;
use vaultpilot_control_api::{Access, operations};

use crate::client::get;
use crate::house::House;

#[tokio::test]
async fn the_document_holds_every_operation_and_no_other() {
    let house = House::new().await;
    let document = get("/api/openapi.json").send(&house).await.json();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["info"]["version"], "0.0.0-test");
    let mut described = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            described.insert((path.clone(), method.clone(), id));
        }
    }
    let table = operations();
    let listed: BTreeSet<_> = table
        .iter()
        .map(|it| {
            (
                it.path.to_owned(),
                it.method.as_str().to_owned(),
                it.id.to_owned(),
            )
        })
        .collect();
    assert_eq!(described, listed);
    let ids: BTreeSet<_> = table.iter().map(|it| it.id).collect();
    assert_eq!(ids.len(), table.len(), "ids are unique");
}

#[tokio::test]
async fn the_document_is_sound() {
    let house = House::new().await;
    let document = get("/api/openapi.json").send(&house).await.json();
    for operation in operations() {
        let it = &document["paths"][operation.path][operation.method.as_str()];
        assert!(!operation.summary.is_empty() && it["summary"] == operation.summary);
        let secured = it["security"] != serde_json::json!([]);
        assert_eq!(
            secured,
            operation.access != Access::Open,
            "{}",
            operation.id
        );
        assert!(it["responses"]["2XX"].is_object() && it["responses"]["default"].is_object());
        let in_path = operation.path.matches('{').count();
        let named = it["parameters"].as_array().unwrap();
        let named = named
            .iter()
            .filter(|it| it["in"] == "path" && it["required"] == true);
        assert_eq!(named.count(), in_path, "{}", operation.id);
    }
    let mut dangling = Vec::new();
    references(&document, &document, &mut dangling);
    assert!(dangling.is_empty(), "{dangling:?}");
}

/// Collects references that lead nowhere.
fn references(document: &Value, part: &Value, dangling: &mut Vec<String>) {
    match part {
        Value::Object(fields) => {
            if let Some(Value::String(target)) = fields.get("$ref") {
                let pointer = target.strip_prefix('#').unwrap_or("/nowhere");
                if document.pointer(pointer).is_none() {
                    dangling.push(target.clone());
                }
            }
            for field in fields.values() {
                references(document, field, dangling);
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| references(document, item, dangling)),
        _ => {}
    }
}
