//! Every pod that any rendering makes.

use serde_json::{Value, json};

use crate::helm;
use crate::object::{Object, Pod, items};
use crate::restricted;

fn pods() -> Vec<(String, Pod)> {
    let pods: Vec<_> = helm::rendered()
        .into_iter()
        .flat_map(|(file, objects)| {
            let pods: Vec<_> = objects.iter().filter_map(Object::pod).collect();
            pods.into_iter().map(move |pod| (file.clone(), pod))
        })
        .collect();
    assert!(pods.len() > 20, "only {} pods were found", pods.len());
    pods
}

#[test]
fn every_pod_is_restricted() {
    for (file, pod) in pods() {
        let broken = restricted::broken(&pod);
        assert!(broken.is_empty(), "{file}: {}: {broken:?}", pod.of);
    }
}

/// A checker that finds nothing wrong anywhere would make the test above worthless.
#[test]
fn a_pod_that_is_not_restricted_is_found() {
    // One with a single container, so that one fault is found once.
    let mut all = pods().into_iter().map(|(_, pod)| pod);
    let good = all.find(|pod| pod.containers().count() == 1).unwrap();
    let faults: [(&str, Value); 15] = [
        ("/hostNetwork", json!(true)),
        ("/hostPID", json!(true)),
        ("/enableServiceLinks", json!(true)),
        ("/automountServiceAccountToken", Value::Null),
        ("/serviceAccountName", json!("default")),
        ("/securityContext/runAsUser", json!(0)),
        ("/securityContext/seccompProfile/type", json!("Unconfined")),
        (
            "/volumes",
            json!([{ "name": "x", "hostPath": { "path": "/" } }]),
        ),
        ("/containers/0/securityContext/runAsNonRoot", json!(false)),
        ("/containers/0/securityContext/privileged", json!(true)),
        (
            "/containers/0/securityContext/allowPrivilegeEscalation",
            Value::Null,
        ),
        (
            "/containers/0/securityContext/readOnlyRootFilesystem",
            json!(false),
        ),
        (
            "/containers/0/securityContext/capabilities",
            json!({ "drop": ["ALL"], "add": ["SYS_PTRACE"] }),
        ),
        (
            "/containers/0/ports",
            json!([{ "containerPort": 1, "hostPort": 1 }]),
        ),
        ("/containers/0/resources/requests/memory", json!("1Mi")),
    ];
    for (pointer, fault) in faults {
        let mut bad =
            Object(json!({ "kind": "Pod", "metadata": { "name": "bad" }, "spec": good.spec }));
        let (parent, field) = pointer.rsplit_once('/').unwrap();
        bad.0.pointer_mut(&format!("/spec{parent}")).unwrap()[field] = fault;
        let found = restricted::broken(&bad.pod().unwrap());
        assert_eq!(found.len(), 1, "{pointer}: {found:?}");
    }
}

#[test]
fn what_runs_on_says_how_it_is() {
    for (file, pod) in pods() {
        if pod.of.starts_with("Job") || pod.of.starts_with("CronJob") {
            assert_eq!(pod.spec["restartPolicy"], "OnFailure", "{}", pod.of);
            continue;
        }
        let goes_first = |container: &Value| {
            items(&pod.spec["initContainers"]).any(|first| first["name"] == container["name"])
        };
        for container in pod.containers().filter(|one| !goes_first(one)) {
            for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
                assert!(
                    container[probe].is_object(),
                    "{file}: {} has no {probe}",
                    pod.of
                );
            }
        }
    }
}

/// Who has no business with the cluster's API has no token for it.
#[test]
fn a_token_is_for_those_who_need_it() {
    for (file, pod) in pods() {
        let component = &pod.labels()["app.kubernetes.io/component"];
        let needs = ["control-api", "operator", "bootstrap"]
            .iter()
            .any(|one| component == one);
        assert_eq!(
            pod.spec["automountServiceAccountToken"], needs,
            "{file}: {}",
            pod.of
        );
    }
}

#[test]
fn a_changed_configuration_restarts_who_reads_it() {
    let sums = |values: &[&str]| {
        let rendering = helm::render(helm::Chart::ControlPlane, values);
        let objects = crate::object::parse(&rendering);
        let sum = |object: &Object| {
            (object.kind() == "Deployment").then(|| {
                (
                    object.name().to_owned(),
                    object.at("/spec/template").clone(),
                )
            })
        };
        objects.iter().filter_map(sum).collect::<Vec<_>>()
    };
    let (before, after) = (sums(&[]), sums(&["database.connections=11"]));
    for ((name, before), (_, after)) in before.iter().zip(&after) {
        let restarts = before != after;
        assert_eq!(restarts, name != "vaultpilot-operator", "{name}");
    }
}
