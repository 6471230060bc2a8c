//! Admission policies: rules that need to know who asks, or what else is there. They are evaluated
//! in the API server itself: no webhook, so nothing that can be down.

mod deletion;
mod tenancy;
mod tenant_label;

use k8s_openapi::api::admissionregistration::v1::{
    MatchResources, NamedRuleWithOperations, ValidatingAdmissionPolicy,
    ValidatingAdmissionPolicyBinding, ValidatingAdmissionPolicyBindingSpec,
    ValidatingAdmissionPolicySpec, Validation,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

pub use deletion::DELETION;
pub use tenancy::TENANCY;
pub use tenant_label::TENANT_LABELS;

/// A policy with the binding that puts it in force everywhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Admission {
    pub policy: ValidatingAdmissionPolicy,
    pub binding: ValidatingAdmissionPolicyBinding,
}

/// All of them.
pub fn all() -> Vec<Admission> {
    vec![
        tenant_label::guard(),
        tenancy::belong(),
        deletion::protect(),
    ]
}

/// What is judged: which operations on which resources.
struct Matched {
    group: &'static str,
    version: &'static str,
    resources: &'static [&'static str],
    operations: &'static [&'static str],
}

fn admission(name: &str, matched: &Matched, validations: Vec<Validation>) -> Admission {
    let named = || ObjectMeta {
        name: Some(name.to_owned()),
        ..ObjectMeta::default()
    };
    let owned = |texts: &[&str]| Some(texts.iter().map(|&text| text.to_owned()).collect());
    let rule = NamedRuleWithOperations {
        api_groups: owned(&[matched.group]),
        api_versions: owned(&[matched.version]),
        operations: owned(matched.operations),
        resources: owned(matched.resources),
        ..NamedRuleWithOperations::default()
    };
    Admission {
        policy: ValidatingAdmissionPolicy {
            metadata: named(),
            spec: Some(ValidatingAdmissionPolicySpec {
                failure_policy: Some("Fail".to_owned()),
                match_constraints: Some(MatchResources {
                    resource_rules: Some(vec![rule]),
                    ..MatchResources::default()
                }),
                validations: Some(validations),
                ..ValidatingAdmissionPolicySpec::default()
            }),
            ..ValidatingAdmissionPolicy::default()
        },
        binding: ValidatingAdmissionPolicyBinding {
            metadata: named(),
            spec: Some(ValidatingAdmissionPolicyBindingSpec {
                policy_name: Some(name.to_owned()),
                validation_actions: owned(&["Deny"]),
                ..ValidatingAdmissionPolicyBindingSpec::default()
            }),
        },
    }
}

fn forbidden(expression: impl Into<String>, message: &str) -> Validation {
    Validation {
        expression: expression.into(),
        message: Some(message.to_owned()),
        reason: Some("Forbidden".to_owned()),
        ..Validation::default()
    }
}
