//! The spec of the custom resource is the spec of the policy document.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use vaultpilot_crds::Policy;
use vaultpilot_policy::Document;

use crate::case::{Expected, cases, read};
use crate::rules::{judge, schema};

fn paths(schema: &Value, path: &str, all: &mut BTreeSet<String>) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        paths(property, &path, all);
        all.insert(path);
    }
    if schema["items"].is_object() {
        paths(&schema["items"], &format!("{path}[]"), all);
    }
    for branch in ["anyOf", "oneOf", "allOf"] {
        for schema in schema[branch].as_array().into_iter().flatten() {
            paths(schema, path, all);
        }
    }
}

#[test]
fn the_fields_are_the_same() {
    let settings = schemars::generate::SchemaSettings::default().with(|settings| {
        settings.inline_subschemas = true;
    });
    let document = settings
        .into_generator()
        .into_root_schema_for::<vaultpilot_policy::document::Spec>();
    let (mut expected, mut found) = (BTreeSet::new(), BTreeSet::new());
    paths(&document.to_value(), "spec", &mut expected);
    paths(&schema("policy")["properties"]["spec"], "spec", &mut found);
    // What stands where only `deny` may stand today.
    let later = [
        "spec.signatures.message.match",
        "spec.signatures.typedData[].primaryType",
        "spec.signatures.typedData[].verifyingContract",
    ];
    for path in later {
        assert!(expected.remove(path), "{path}");
    }
    assert_eq!(found, expected);
    assert!(found.len() > 60, "{}", found.len());
}

/// From a manifest to a document and back: nothing is lost, nothing is added.
fn document(object: &Value) -> Document {
    let policy: Policy = serde_json::from_value(object.clone()).unwrap();
    let json = policy.document().unwrap();
    let document = Document::from_json(&json.to_string()).unwrap();
    let mut file = object.clone();
    file["metadata"] = serde_json::json!({ "name": object["metadata"]["name"] });
    assert_eq!(Document::from_json(&file.to_string()).unwrap(), document);
    document
}

/// The tokens of the examples have six decimals.
fn compiles(document: &Document) {
    document.compile(&|_| Some(6)).unwrap();
}

#[test]
fn what_the_schema_accepts_is_a_document_that_compiles() {
    let mut seen = 0;
    for case in cases("policy") {
        if case.expected == Expected::Accepted {
            compiles(&document(&case.object));
            seen += 1;
        }
    }
    assert!(seen >= 5);
}

#[test]
fn what_a_rule_refuses_is_a_document_that_does_not_compile() {
    let mut seen = 0;
    for case in cases("policy") {
        let named = case.object["metadata"]["name"] == "guard";
        if let (Expected::Message(message), true) = (&case.expected, named) {
            // An address that is none does not even parse.
            let document = Document::from_json(
                &case
                    .object
                    .to_string()
                    .replace(r#","namespace":"vp-kinds""#, ""),
            );
            let refused = document.is_err() || document.unwrap().compile(&|_| Some(6)).is_err();
            assert!(refused, "{message}");
            seen += 1;
        }
    }
    assert!(seen >= 12, "{seen}");
}

#[test]
fn policies_of_the_documentation_are_accepted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files: Vec<PathBuf> = std::fs::read_dir(root.join("docs/examples"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .collect();
    files.push(root.join("crates/policy/examples/devnet-guard.yaml"));
    assert!(files.len() >= 7, "{files:?}");
    let schema = schema("policy");
    for file in files {
        let object = read(&file);
        assert_eq!(judge(&schema, None, &object), [], "{}", file.display());
        compiles(&document(&object));
    }
}
