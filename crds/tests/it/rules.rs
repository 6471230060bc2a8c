//! Every rule of every kind, with objects that keep it and objects that break it.

use std::collections::BTreeSet;

use kube::core::cel::{Validator, apply_defaults};
use serde_json::Value;
use vaultpilot_crds::manifest;

use crate::case::{Case, Expected, KINDS, cases};
use crate::structure::misfits;

/// The schema of a kind, as the API server gets it.
pub(crate) fn schema(kind: &str) -> Value {
    let kinds = manifest::kinds().unwrap();
    let found = kinds
        .iter()
        .find(|definition| definition["spec"]["names"]["singular"] == kind);
    found.unwrap()["spec"]["versions"][0]["schema"]["openAPIV3Schema"].clone()
}

/// What the API server would say: the fields that do not fit, else the rules that do not hold.
pub(crate) fn judge(schema: &Value, before: Option<&Value>, object: &Value) -> Vec<Expected> {
    let object = apply_defaults(schema, object);
    let before = before.map(|before| apply_defaults(schema, before));
    let misfits = misfits(schema, &object);
    if !misfits.is_empty() {
        return misfits.into_iter().map(Expected::Field).collect();
    }
    match Validator::new().validate(schema, &object, before.as_ref()) {
        Ok(()) => Vec::new(),
        Err(errors) => errors
            .into_vec()
            .into_iter()
            .map(|error| Expected::Message(error.message))
            .collect(),
    }
}

#[test]
fn what_is_good_is_accepted_and_what_is_bad_is_refused() {
    for kind in KINDS {
        let schema = schema(kind);
        for case in cases(kind) {
            let Case {
                name,
                before,
                object,
                expected,
            } = case;
            if let Some(before) = &before {
                assert_eq!(judge(&schema, None, before), [], "{kind}, before: {name}");
            }
            let said = judge(&schema, before.as_ref(), &object);
            match expected {
                Expected::Accepted => assert_eq!(said, [], "{kind}: {name}"),
                other => assert!(
                    said.contains(&other),
                    "{kind}: {name}: {other:?} in {said:?}"
                ),
            }
        }
    }
}

/// A case that is refused for a second reason would not notice when the first is gone.
#[test]
fn what_breaks_a_rule_breaks_no_other() {
    // A rule of a body cannot be broken without the rule that ties the body to its type.
    let pairs = [("strategy", "two bodies"), ("strategy", "no body")];
    for kind in KINDS {
        let schema = schema(kind);
        for case in cases(kind) {
            let said = judge(&schema, case.before.as_ref(), &case.object);
            let alone = said.len() <= 1 || pairs.contains(&(kind, case.name.as_str()));
            assert!(alone, "{kind}: {}: {said:?}", case.name);
        }
    }
}

#[test]
fn every_rule_has_a_good_and_a_bad_object() {
    let mut missing = Vec::new();
    let mut seen = 0;
    for kind in KINDS {
        let schema = schema(kind);
        let (mut kept, mut broken) = (BTreeSet::new(), BTreeSet::new());
        for case in cases(kind) {
            match case.expected {
                Expected::Accepted => {
                    let object = apply_defaults(&schema, &case.object);
                    exercised(&schema, &object, case.before.is_some(), &mut kept);
                }
                Expected::Message(message) => {
                    broken.insert(message);
                }
                Expected::Field(_) => {}
            }
        }
        let mut rules = Vec::new();
        collect(&schema, &mut rules);
        // A rule that is always false refuses the field it stands on; no object keeps it.
        let mut never = BTreeSet::new();
        always_false(&schema, &mut never);
        let distinct: BTreeSet<_> = rules.iter().collect();
        assert_eq!(
            distinct.len(),
            rules.len(),
            "{kind}: two rules with one message"
        );
        for rule in rules {
            seen += 1;
            if !never.contains(&rule) && !kept.contains(&rule) {
                missing.push(format!("{kind}: no good object for: {rule}"));
            }
            if !broken.contains(&rule) {
                missing.push(format!("{kind}: no bad object for: {rule}"));
            }
        }
        let unknown: Vec<_> = broken
            .iter()
            .filter(|rule| !distinct_has(&schema, rule))
            .collect();
        assert!(unknown.is_empty(), "{kind}: no such rule: {unknown:?}");
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(seen >= 50, "{seen} rules");
}

fn distinct_has(schema: &Value, message: &str) -> bool {
    let mut rules = Vec::new();
    collect(schema, &mut rules);
    rules.iter().any(|rule| rule == message)
}

fn always_false(schema: &Value, messages: &mut BTreeSet<String>) {
    walk(schema, &mut |node| {
        let never = rules(node).filter(|rule| rule["rule"] == "false");
        messages.extend(never.map(|rule| message(rule).to_owned()));
    });
}

/// The messages of all rules.
fn collect(schema: &Value, messages: &mut Vec<String>) {
    walk(schema, &mut |node| {
        messages.extend(rules(node).map(|rule| message(rule).to_owned()));
    });
}

fn walk(schema: &Value, look: &mut impl FnMut(&Value)) {
    look(schema);
    for property in schema["properties"].as_object().into_iter().flatten() {
        walk(property.1, look);
    }
    for inner in ["items", "additionalProperties"] {
        if schema[inner].is_object() {
            walk(&schema[inner], look);
        }
    }
}

/// The messages of the rules that are evaluated for an object.
fn exercised(schema: &Value, value: &Value, update: bool, messages: &mut BTreeSet<String>) {
    for rule in rules(schema) {
        let transition = rule["rule"].as_str().unwrap().contains("oldSelf");
        if update || !transition {
            messages.insert(message(rule).to_owned());
        }
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = value.get(name) {
            exercised(property, value, update, messages);
        }
    }
    for item in value.as_array().into_iter().flatten() {
        exercised(&schema["items"], item, update, messages);
    }
}

fn rules(schema: &Value) -> impl Iterator<Item = &Value> {
    schema["x-kubernetes-validations"]
        .as_array()
        .into_iter()
        .flatten()
}

fn message(rule: &Value) -> &str {
    rule["message"].as_str().expect("every rule has a message")
}
