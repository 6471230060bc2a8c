//! Who may do what with the cluster, read from every rendering. Each right of a process is one that
//! whoever takes it over has too.

use serde_json::Value;

use crate::helm::{self, NAMESPACE};
use crate::object::{Object, items};

struct Rule {
    /// `ClusterRole vaultpilot-operator`
    of: String,
    rule: Value,
}

impl Rule {
    fn has(&self, list: &str, what: &str) -> bool {
        items(&self.rule[list]).any(|one| one == what)
    }

    fn names(&self) -> Vec<&str> {
        items(&self.rule["resourceNames"])
            .filter_map(Value::as_str)
            .collect()
    }
}

fn rules() -> Vec<Rule> {
    let everything = helm::rendered()
        .into_iter()
        .flat_map(|(_, objects)| objects);
    let rules: Vec<_> = everything
        .filter(|one| matches!(one.kind(), "Role" | "ClusterRole"))
        .flat_map(|role| {
            let of = role.label();
            let rules: Vec<_> = items(role.at("/rules")).cloned().collect();
            rules.into_iter().map(move |rule| Rule {
                of: of.clone(),
                rule,
            })
        })
        .collect();
    assert!(rules.len() > 20, "only {} rules were found", rules.len());
    rules
}

#[test]
fn no_right_is_for_everything() {
    for rule in rules() {
        for list in ["apiGroups", "resources", "verbs", "nonResourceURLs"] {
            let all = items(&rule.rule[list]).any(|one| one.as_str().unwrap().contains('*'));
            assert!(!all, "{}: {}", rule.of, rule.rule);
        }
    }
}

#[test]
fn no_right_leads_to_more_rights() {
    for rule in rules() {
        for verb in [
            "escalate",
            "bind",
            "impersonate",
            "deletecollection",
            "approve",
            "sign",
        ] {
            assert!(!rule.has("verbs", verb), "{}: {verb}", rule.of);
        }
        for resource in [
            "pods/exec",
            "pods/attach",
            "pods/ephemeralcontainers",
            "pods/portforward",
            "serviceaccounts/token",
            "nodes",
            "nodes/proxy",
            "roles",
            "clusterroles",
            "rolebindings",
            "clusterrolebindings",
            "validatingadmissionpolicies",
            "customresourcedefinitions",
        ] {
            assert!(!rule.has("resources", resource), "{}: {resource}", rule.of);
        }
    }
}

/// Bootstrap reads the Secrets it makes, replaces certificates, and lists and deletes none. Nobody
/// else touches one.
#[test]
fn secrets_are_reached_by_name_and_by_bootstrap_alone() {
    let mut found = 0;
    for rule in rules()
        .iter()
        .filter(|rule| rule.has("resources", "secrets"))
    {
        assert_eq!(rule.of, "Role vaultpilot-bootstrap");
        let verbs: Vec<_> = items(&rule.rule["verbs"])
            .filter_map(Value::as_str)
            .collect();
        let names = rule.names();
        match verbs[..] {
            // A request to create names nothing that could be compared.
            ["create"] => assert!(names.is_empty()),
            ["get"] => assert_eq!(names.len(), 8, "{names:?}"),
            ["patch"] => {
                assert_eq!(
                    names,
                    ["vaultpilot-control-api-tls", "vaultpilot-operator-tls"]
                );
            }
            _ => panic!("{verbs:?}"),
        }
        found += 1;
    }
    assert!(found >= 3, "{found}");
}

/// What each process needs of the cluster's API, as a list that grows by a decision.
#[test]
fn every_account_has_the_roles_it_needs_and_no_others() {
    for (file, objects) in helm::rendered() {
        let bindings = objects.iter().filter(|one| is_binding(one));
        let mut bindings: Vec<_> = bindings.map(bound).collect();
        bindings.sort();
        let expected = [
            "ClusterRoleBinding: vaultpilot-control-api has ClusterRole vaultpilot-control-api",
            "ClusterRoleBinding: vaultpilot-operator has ClusterRole vaultpilot-operator",
            "RoleBinding: vaultpilot-bootstrap has Role vaultpilot-bootstrap",
            "RoleBinding: vaultpilot-operator has Role vaultpilot-operator",
        ];
        assert_eq!(bindings, expected, "{file}");
    }
}

fn is_binding(object: &Object) -> bool {
    matches!(object.kind(), "RoleBinding" | "ClusterRoleBinding")
}

/// `RoleBinding: ACCOUNT has Role NAME`
fn bound(object: &Object) -> String {
    let subjects = object.at("/subjects").as_array().unwrap();
    let [subject] = &subjects[..] else {
        panic!("{} has several subjects", object.label());
    };
    assert_eq!(subject["kind"], "ServiceAccount");
    assert_eq!(subject["namespace"], NAMESPACE);
    format!(
        "{}: {} has {} {}",
        object.kind(),
        subject["name"].as_str().unwrap(),
        object.text("/roleRef/kind"),
        object.text("/roleRef/name"),
    )
}

/// An operator that can write into its lease can write into no other.
#[test]
fn the_lease_is_one() {
    let rules = rules();
    let leases: Vec<_> = rules
        .iter()
        .filter(|rule| rule.has("resources", "leases"))
        .collect();
    assert!(!leases.is_empty());
    for rule in leases {
        let names = rule.names();
        let create = rule.rule["verbs"] == serde_json::json!(["create"]);
        assert!(create || names == ["vaultpilot-operator"], "{}", rule.rule);
    }
}
