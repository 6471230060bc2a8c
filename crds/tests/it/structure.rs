//! What the API server checks of a structural schema before it evaluates any rule: types, bounds,
//! patterns, required and unknown fields, lists that are sets or maps.

use regex::Regex;
use serde_json::Value;

/// The paths of the fields that do not fit.
pub(crate) fn misfits(schema: &Value, object: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    for (name, part) in schema["properties"].as_object().unwrap() {
        if let Some(value) = object.get(name) {
            fit(part, value, name, &mut paths);
        }
    }
    paths
}

fn fit(schema: &Value, value: &Value, path: &str, paths: &mut Vec<String>) {
    let fits = match (schema["type"].as_str().unwrap(), value) {
        ("object", Value::Object(_)) => {
            object(schema, value, path, paths);
            true
        }
        ("array", Value::Array(items)) => {
            array(schema, items, path, paths);
            within(schema, "minItems", "maxItems", items.len())
        }
        ("string", Value::String(text)) => string(schema, text),
        ("integer", Value::Number(number)) => number.as_i64().is_some_and(|number| {
            schema["minimum"].as_i64().is_none_or(|min| min <= number)
                && schema["maximum"].as_i64().is_none_or(|max| number <= max)
        }),
        ("boolean", Value::Bool(_)) => true,
        _ => false,
    };
    let listed = schema["enum"]
        .as_array()
        .is_none_or(|words| words.contains(value));
    if !fits || !listed {
        paths.push(path.to_owned());
    }
}

fn object(schema: &Value, value: &Value, path: &str, paths: &mut Vec<String>) {
    let fields = value.as_object().unwrap();
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap();
        if !fields.contains_key(name) {
            paths.push(format!("{path}.{name}"));
        }
    }
    if !within(schema, "minProperties", "maxProperties", fields.len()) {
        paths.push(path.to_owned());
    }
    for (name, field) in fields {
        let path = format!("{path}.{name}");
        match (
            schema["properties"].get(name),
            &schema["additionalProperties"],
        ) {
            (Some(property), _) => fit(property, field, &path, paths),
            (None, value) if value.is_object() => fit(value, field, &path, paths),
            _ => paths.push(path),
        }
    }
}

fn array(schema: &Value, items: &[Value], path: &str, paths: &mut Vec<String>) {
    let key = |item: &Value| match schema["x-kubernetes-list-map-keys"].as_array() {
        Some(keys) => keys
            .iter()
            .map(|key| item[key.as_str().unwrap()].clone())
            .collect(),
        None => item.clone(),
    };
    let distinct = schema["x-kubernetes-list-type"].is_string();
    for (index, item) in items.iter().enumerate() {
        let path = format!("{path}[{index}]");
        if distinct && items[..index].iter().any(|other| key(other) == key(item)) {
            paths.push(path.clone());
        }
        fit(&schema["items"], item, &path, paths);
    }
}

fn string(schema: &Value, text: &str) -> bool {
    let matches = schema["pattern"]
        .as_str()
        .is_none_or(|pattern| Regex::new(pattern).unwrap().is_match(text));
    let dated = schema["format"] != "date-time" || text.parse::<jiff::Timestamp>().is_ok();
    matches && dated && within(schema, "minLength", "maxLength", text.chars().count())
}

fn within(schema: &Value, min: &str, max: &str, count: usize) -> bool {
    let bound = |name: &str| schema[name].as_u64();
    let count = u64::try_from(count).unwrap();
    bound(min).is_none_or(|min| min <= count) && bound(max).is_none_or(|max| count <= max)
}
