//! What every schema must be for an API server to take it, and for its rules to be affordable.

use serde_json::Value;
use vaultpilot_crds::manifest;

use crate::case::KINDS;
use crate::rules::schema;

fn walk(schema: &Value, path: &str, look: &mut impl FnMut(&Value, &str)) {
    look(schema, path);
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        walk(property, &format!("{path}.{name}"), look);
    }
    if schema["items"].is_object() {
        walk(&schema["items"], &format!("{path}[]"), look);
    }
    if schema["additionalProperties"].is_object() {
        walk(
            &schema["additionalProperties"],
            &format!("{path}{{}}"),
            look,
        );
    }
}

fn everywhere(mut look: impl FnMut(&Value, &str)) {
    for kind in KINDS {
        for part in ["spec", "status"] {
            walk(
                &schema(kind)["properties"][part],
                &format!("{kind}.{part}"),
                &mut look,
            );
        }
    }
}

#[test]
fn every_list_text_and_map_has_an_end() {
    let mut seen = 0;
    everywhere(|schema, path| {
        let bound = match schema["type"].as_str() {
            Some("array") => "maxItems",
            Some("string") if schema["enum"].is_array() => return,
            Some("string") => "maxLength",
            Some("object") if schema["additionalProperties"].is_object() => "maxProperties",
            _ => return,
        };
        assert!(schema[bound].is_u64(), "{path} has no {bound}");
        seen += 1;
    });
    assert!(seen > 200, "{seen}");
}

#[test]
fn every_node_is_structural() {
    everywhere(|schema, path| {
        let kind = schema["type"].as_str();
        let known = ["object", "array", "string", "integer", "boolean"];
        assert!(
            kind.is_some_and(|kind| known.contains(&kind)),
            "{path}: {kind:?}"
        );
        for branch in ["anyOf", "oneOf", "allOf", "not", "$ref", "nullable"] {
            assert!(schema.get(branch).is_none(), "{path} has {branch}");
        }
        if let Some(format) = schema["format"].as_str() {
            assert!(
                ["int32", "int64", "date-time"].contains(&format),
                "{path}: {format}"
            );
        }
        assert!(
            kind != Some("array") || schema["items"]["type"].is_string(),
            "{path} is a list of anything"
        );
        assert!(
            schema.get("x-kubernetes-preserve-unknown-fields").is_none(),
            "{path} takes anything"
        );
    });
}

#[test]
fn every_integer_of_a_spec_has_a_range() {
    for kind in KINDS {
        walk(
            &schema(kind)["properties"]["spec"],
            kind,
            &mut |schema, path| {
                if schema["type"] == "integer" {
                    assert!(schema["minimum"].is_i64(), "{path} has no least");
                    assert!(schema["maximum"].is_i64(), "{path} has no most");
                }
            },
        );
    }
}

#[test]
fn every_pattern_is_a_whole_one() {
    everywhere(|schema, path| {
        if let Some(pattern) = schema["pattern"].as_str() {
            assert!(
                pattern.starts_with('^') && pattern.ends_with('$'),
                "{path}: {pattern}"
            );
            assert!(
                !pattern.contains("[:"),
                "{path}: a class that browsers do not know"
            );
        }
    });
}

#[test]
fn the_kinds_are_named_as_people_type_them() {
    let expected = [
        ("Tenant", "vpt", "Cluster"),
        ("Wallet", "vpw", "Namespaced"),
        ("Strategy", "vps", "Namespaced"),
        ("Policy", "vpp", "Namespaced"),
    ];
    let kinds = manifest::kinds().unwrap();
    assert_eq!(kinds.len(), expected.len());
    for (definition, (kind, short, scope)) in kinds.iter().zip(expected) {
        let spec = &definition["spec"];
        assert_eq!(spec["names"]["kind"], kind);
        assert_eq!(spec["names"]["shortNames"], serde_json::json!([short]));
        assert_eq!(
            spec["names"]["categories"],
            serde_json::json!(["vaultpilot"])
        );
        assert_eq!(spec["scope"], scope);
        assert!(
            spec["versions"][0]["subresources"]["status"].is_object(),
            "{kind}"
        );
    }
}

#[test]
fn columns_show_fields_that_exist() {
    for definition in manifest::kinds().unwrap() {
        let version = &definition["spec"]["versions"][0];
        let schema = &version["schema"]["openAPIV3Schema"];
        for column in version["additionalPrinterColumns"].as_array().unwrap() {
            let path = column["jsonPath"].as_str().unwrap();
            let path = path.split('[').next().unwrap();
            if path.starts_with(".metadata") {
                continue;
            }
            let mut node = schema;
            for name in path.trim_start_matches('.').split('.') {
                node = &node["properties"][name];
            }
            assert!(node["type"].is_string(), "{path} is no field");
        }
    }
}
