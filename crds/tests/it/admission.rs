//! The admission policies, with requests that pass and requests that do not.

use std::collections::BTreeSet;

use k8s_openapi::api::admissionregistration::v1::Validation;
use kube::core::cel::KubeCelExt;
use kube::core::cel::cel::{Context, Program, Value as CelValue};
use serde_json::{Value, json};
use vaultpilot_crds::admission;

use crate::case::{folder, read};

fn validations(policy: &str) -> Vec<Validation> {
    let all = admission::all();
    let named = |one: &&admission::Admission| one.policy.metadata.name.as_deref() == Some(policy);
    let spec = all.iter().find(named).unwrap().policy.spec.clone().unwrap();
    spec.validations.unwrap()
}

/// What a request is refused with. The variables are bound as they are: the evaluator that comes
/// with kube writes the keys of maps anew, and would not find a label with a slash in it.
fn refusals(row: &Value) -> Vec<String> {
    let mut context = Context::default().with_all();
    let request = json!({
        "operation": row["operation"],
        "userInfo": { "username": row["user"] },
    });
    context.add_variable("request", request).unwrap();
    for (variable, field) in [
        ("object", "object"),
        ("oldObject", "oldObject"),
        ("namespaceObject", "namespace"),
    ] {
        context.add_variable(variable, row[field].clone()).unwrap();
    }
    let evaluate = |expression: &str| {
        Program::compile(expression)
            .unwrap()
            .execute(&context)
            .unwrap()
    };
    let mut messages = Vec::new();
    for validation in validations(row["policy"].as_str().unwrap()) {
        match evaluate(&validation.expression) {
            CelValue::Bool(true) => {}
            CelValue::Bool(false) => messages.push(match validation.message_expression {
                Some(expression) => match evaluate(&expression) {
                    CelValue::String(text) => text.to_string(),
                    other => panic!("{other:?} is no message"),
                },
                None => validation.message.unwrap(),
            }),
            other => panic!("{other:?} is no answer"),
        }
    }
    messages
}

#[test]
fn requests_are_refused_with_the_sentence_of_the_policy() {
    let table = read(&folder().join("admission.yaml"));
    let (mut passed, mut refused) = (BTreeSet::new(), BTreeSet::new());
    for row in table.as_array().unwrap() {
        let expected: Vec<String> = row["message"]
            .as_str()
            .map(str::to_owned)
            .into_iter()
            .collect();
        assert_eq!(refusals(row), expected, "{}", row["name"]);
        let policy = row["policy"].as_str().unwrap().to_owned();
        if expected.is_empty() {
            passed.insert(policy);
        } else {
            refused.insert(policy);
        }
    }
    let all: BTreeSet<String> = admission::all()
        .into_iter()
        .filter_map(|one| one.policy.metadata.name)
        .collect();
    assert_eq!(passed, all, "a policy that lets nothing pass");
    assert_eq!(refused, all, "a policy that refuses nothing");
}

#[test]
fn every_policy_is_bound_and_denies() {
    for one in admission::all() {
        let spec = one.policy.spec.unwrap();
        let binding = one.binding.spec.unwrap();
        assert_eq!(binding.policy_name, one.policy.metadata.name);
        assert_eq!(binding.validation_actions.unwrap(), ["Deny"]);
        assert_eq!(spec.failure_policy.as_deref(), Some("Fail"));
        for validation in spec.validations.unwrap() {
            assert!(validation.message.is_some_and(|message| message.len() > 20));
        }
    }
}
