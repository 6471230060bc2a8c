use serde_json::json;

use super::differs;

#[test]
fn what_others_add_is_no_difference() {
    let wanted = json!({"spec": {"replicas": 2, "template": {"labels": {"a": "b"}}}});
    let there = json!({
        "spec": {"replicas": 2, "paused": false, "template": {"labels": {"a": "b", "c": "d"}}},
        "status": {"readyReplicas": 2},
    });
    assert_eq!(differs(&wanted, &there), None);
}

#[test]
fn a_changed_field_is_named() {
    let wanted = json!({"spec": {"containers": [{"image": "one", "env": []}]}});
    let there = json!({"spec": {"containers": [{"image": "two"}]}});
    let at = differs(&wanted, &there);
    assert_eq!(at.as_deref(), Some("spec.containers[0].image"));
}

#[test]
fn a_list_that_grew_is_a_difference() {
    let wanted = json!({"spec": {"egress": [{"to": []}]}});
    let there = json!({"spec": {"egress": [{"to": []}, {}]}});
    assert_eq!(differs(&wanted, &there).as_deref(), Some("spec.egress"));
    let none = json!({"spec": {"ingress": []}});
    assert_eq!(differs(&none, &json!({"spec": {}})), None);
}

#[test]
fn a_selector_that_was_narrowed_is_a_difference() {
    let wanted = json!({"spec": {"podSelector": {}}});
    let there = json!({"spec": {"podSelector": {"matchLabels": {"nobody": "here"}}}});
    assert_eq!(
        differs(&wanted, &there).as_deref(),
        Some("spec.podSelector")
    );
}

#[test]
fn quantities_are_compared_by_what_they_are_worth() {
    let same = |one: &str, other: &str| {
        let wanted = json!({"resources": {"limits": {"memory": one}}});
        let there = json!({"resources": {"limits": {"memory": other}}});
        differs(&wanted, &there).is_none()
    };
    assert!(same("1024Mi", "1Gi"));
    assert!(same("0.05", "50m"));
    assert!(same("1000m", "1"));
    assert!(!same("1Gi", "1G"));
    assert!(!same("128Mi", "129Mi"));
    let elsewhere = differs(&json!({"name": "1000m"}), &json!({"name": "1"}));
    assert_eq!(elsewhere.as_deref(), Some("name"));
}
