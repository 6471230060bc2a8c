//! Nothing secret is rendered: Helm keeps what it rendered, and so does whoever keeps that in git.

use crate::helm;
use crate::object::items;

#[test]
fn no_secret_is_rendered() {
    for (file, objects) in helm::rendered() {
        for object in objects {
            assert_ne!(object.kind(), "Secret", "{file}: {}", object.name());
            let text = object.0.to_string();
            for trace in ["-----BEGIN", "stringData", "PRIVATE KEY"] {
                assert!(
                    !text.contains(trace),
                    "{file}: {} has {trace}",
                    object.label()
                );
            }
        }
    }
}

/// Endpoints carry access keys; everything else secret is a file.
#[test]
fn an_environment_takes_nothing_from_secrets_but_endpoints() {
    let mut endpoints = 0;
    for (file, objects) in helm::rendered() {
        for pod in objects.iter().filter_map(crate::object::Object::pod) {
            for container in pod.containers() {
                assert!(container["envFrom"].is_null(), "{file}: {}", pod.of);
                for variable in items(&container["env"]) {
                    let secret = &variable["valueFrom"]["secretKeyRef"];
                    if !secret.is_null() {
                        assert_eq!(secret["name"], "endpoints", "{file}: {}", pod.of);
                        endpoints += 1;
                    }
                }
            }
        }
    }
    assert!(endpoints > 0, "no rendering has an endpoint from a Secret");
}

/// Files that a process must not have it does not have: the owner's password is the migrations',
/// context and certificate are the deciding process's, the pepper and root are of both zones.
#[test]
fn a_pod_has_the_secrets_it_needs_and_no_others() {
    for (file, objects) in helm::rendered() {
        for pod in objects.iter().filter_map(crate::object::Object::pod) {
            let component = pod.labels()["app.kubernetes.io/component"]
                .as_str()
                .unwrap();
            let text = pod.spec["volumes"].to_string();
            let has = |what: &str| text.contains(what);
            let deciding = component == "control-api";
            let signs = deciding || component == "executor";
            let owner = ["migrate", "postgres"].contains(&component);
            assert_eq!(has("owner-password"), owner, "{file}: {}", pod.of);
            assert_eq!(has("-pepper\""), signs, "{file}: {}", pod.of);
            assert_eq!(has("-context\""), deciding, "{file}: {}", pod.of);
            assert_eq!(has("-control-api-tls\""), deciding, "{file}: {}", pod.of);
            assert_eq!(
                has("-operator-tls\""),
                component == "operator",
                "{file}: {}",
                pod.of
            );
            assert_eq!(has("-kek\""), signs, "{file}: {}", pod.of);
            for volume in items(&pod.spec["volumes"]) {
                let source = if volume["secret"].is_object() {
                    "secret"
                } else {
                    "projected"
                };
                if volume[source].is_object() {
                    assert_eq!(volume[source]["defaultMode"], 0o440, "{file}: {}", pod.of);
                }
            }
        }
    }
}

/// What unwraps is shown to the process that decides in no way: only the container before it has the
/// file, and ends.
#[test]
fn the_deciding_process_has_no_root_that_unwraps() {
    for (file, objects) in helm::rendered() {
        for pod in objects.iter().filter_map(crate::object::Object::pod) {
            if pod.labels()["app.kubernetes.io/component"] != "control-api" {
                continue;
            }
            let secret = items(&pod.spec["volumes"])
                .find(|volume| volume.to_string().contains("-kek\""))
                .expect("the first container makes the public half of it");
            let mounts = |containers: &serde_json::Value| -> Vec<bool> {
                let mounts_it = |container: &serde_json::Value| {
                    items(&container["volumeMounts"]).any(|mount| mount["name"] == secret["name"])
                };
                items(containers).map(mounts_it).collect()
            };
            assert_eq!(mounts(&pod.spec["initContainers"]), [true], "{file}");
            assert_eq!(mounts(&pod.spec["containers"]), [false], "{file}");
        }
    }
}
