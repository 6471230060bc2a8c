//! What an upgrade must be able to do, and what must outlive the release.

use serde_json::Value;

use crate::helm::{self, Chart};
use crate::object::{self, Object};

/// Fields that Kubernetes refuses to change.
fn fixed(object: &Object) -> Value {
    match object.kind() {
        "Deployment" => object.at("/spec/selector").clone(),
        "StatefulSet" => serde_json::json!([
            object.at("/spec/selector"),
            object.at("/spec/serviceName"),
            object.at("/spec/volumeClaimTemplates"),
        ]),
        "Service" => object.at("/spec/clusterIP").clone(),
        "RoleBinding" | "ClusterRoleBinding" => object.at("/roleRef").clone(),
        _ => Value::Null,
    }
}

#[test]
fn what_cannot_be_changed_is_not() {
    let all = |values: &[&str]| {
        let objects = object::parse(&helm::render(Chart::ControlPlane, values));
        let fixed = objects.iter().map(|one| (one.label(), fixed(one)));
        fixed
            .filter(|(_, value)| !value.is_null())
            .collect::<Vec<_>>()
    };
    let before = all(&[]);
    assert!(before.len() >= 8, "{before:?}");
    let after = all(&[
        "commonLabels.team=payments",
        "controlApi.image.tag=v9",
        "controlApi.podLabels.more=x",
        "database.bundled.image.tag=16-bookworm",
        "database.bundled.podLabels.more=x",
        "priorityClassName=system-cluster-critical",
        "executor.replicas=4",
    ]);
    assert_eq!(before, after);
}

/// An autoscaler and an upgrade would pull the number of pods to and fro.
#[test]
fn an_autoscaler_alone_says_how_many() {
    for (values, said) in [
        (&[][..], true),
        (&["controlApi.autoscaling.enabled=true"][..], false),
    ] {
        let objects = object::parse(&helm::render(Chart::ControlPlane, values));
        let found = objects
            .iter()
            .find(|one| one.label() == "Deployment vaultpilot-control-api");
        assert_eq!(found.unwrap().at("/spec/replicas").is_u64(), said);
        assert_eq!(
            objects
                .iter()
                .any(|one| one.kind() == "HorizontalPodAutoscaler"),
            !said
        );
    }
}

/// `helm uninstall` deletes what was rendered. Secrets are not (secret.rs); the database's volume is
/// made by Kubernetes from a template, and told to stay.
#[test]
fn the_database_outlives_the_release() {
    let objects = object::parse(&helm::render(Chart::ControlPlane, &[]));
    assert!(
        objects
            .iter()
            .all(|one| one.kind() != "PersistentVolumeClaim")
    );
    let set = objects
        .iter()
        .find(|one| one.kind() == "StatefulSet")
        .unwrap();
    let stays = set.at("/spec/persistentVolumeClaimRetentionPolicy");
    assert_eq!(
        stays,
        &serde_json::json!({ "whenDeleted": "Retain", "whenScaled": "Retain" })
    );
    assert_eq!(
        set.text("/spec/volumeClaimTemplates/0/metadata/name"),
        "data"
    );
}

#[test]
fn a_hook_is_not_needed() {
    for (file, objects) in helm::rendered() {
        for object in objects {
            let hook = object.at("/metadata/annotations/helm.sh~1hook");
            assert!(hook.is_null(), "{file}: {}", object.label());
        }
    }
}

#[test]
fn no_call_fails_while_pods_are_replaced() {
    for (file, objects) in helm::rendered() {
        for object in objects.iter().filter(|one| one.kind() == "Deployment") {
            let rolling = object.at("/spec/strategy/rollingUpdate");
            assert_eq!(rolling["maxUnavailable"], 0, "{file}: {}", object.name());
        }
    }
}
