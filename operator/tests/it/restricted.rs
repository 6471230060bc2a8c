//! No pod of a tenant asks for more than Pod Security's profile `restricted` lets it have, and the
//! tenant isolation checklist asks for.

use serde_json::{Value, json};
use vaultpilot_operator::piece::Kind;

use crate::fixture::{TENANTS, pieces};

/// What of a pod is against the rules. Pod Security Standards, profile restricted, and our own.
fn faults(pod: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let mut demand = |holds: bool, what: &str| {
        if !holds {
            faults.push(what.to_owned());
        }
    };
    for host in ["hostNetwork", "hostPID", "hostIPC"] {
        demand(pod[host].as_bool() != Some(true), host);
    }
    let volume_kinds = ["configMap", "projected", "emptyDir", "secret"];
    for volume in pod["volumes"].as_array().into_iter().flatten() {
        let kinds: Vec<&String> = volume.as_object().unwrap().keys().collect();
        let kind = kinds.iter().find(|key| **key != "name").unwrap();
        demand(
            volume_kinds.contains(&kind.as_str()),
            "volume of another kind",
        );
        if let Some(medium) = volume.get("emptyDir") {
            demand(medium["medium"] == "Memory", "emptyDir on a disk");
            demand(medium["sizeLimit"].is_string(), "emptyDir without a bound");
        }
    }
    let own = &pod["securityContext"];
    demand(own["runAsNonRoot"] == true, "runAsNonRoot");
    demand(
        own["runAsUser"].as_i64().is_some_and(|user| user >= 10_000),
        "uid below 10000",
    );
    demand(own["seccompProfile"]["type"] == "RuntimeDefault", "seccomp");
    demand(
        pod["automountServiceAccountToken"] == false,
        "service-account automount",
    );
    demand(pod["enableServiceLinks"] == false, "service links");
    let lists = ["containers", "initContainers", "ephemeralContainers"];
    let containers = lists
        .iter()
        .filter_map(|list| pod[*list].as_array())
        .flatten();
    let mut any = false;
    for container in containers {
        any = true;
        let context = &container["securityContext"];
        demand(
            context["allowPrivilegeEscalation"] == false,
            "privilege escalation",
        );
        demand(context["privileged"].as_bool() != Some(true), "privileged");
        demand(
            context["capabilities"]["drop"] == json!(["ALL"]),
            "capabilities kept",
        );
        demand(
            context["capabilities"]["add"].is_null(),
            "capabilities added",
        );
        demand(
            context["readOnlyRootFilesystem"] == true,
            "root file system can be written",
        );
        demand(
            context["runAsUser"].is_null(),
            "another user in the container",
        );
        let resources = &container["resources"];
        demand(
            resources["limits"]["memory"].is_string(),
            "memory without a limit",
        );
        demand(
            resources["limits"]["memory"] == resources["requests"]["memory"],
            "memory requested and limited differently",
        );
        // The pod's own name may be told; nothing that could be a secret.
        let told = container["env"].as_array().into_iter().flatten();
        let name = json!({ "fieldRef": { "apiVersion": "v1", "fieldPath": "metadata.name" } });
        demand(
            told.clone()
                .all(|one| one["valueFrom"] == name && one["value"].is_null()),
            "environment",
        );
        demand(container["envFrom"].is_null(), "environment from elsewhere");
        let ports = container["ports"].as_array().into_iter().flatten();
        demand(
            ports.clone().all(|port| port["hostPort"].is_null()),
            "port of the host",
        );
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            demand(container[probe]["httpGet"]["port"] == "probes", probe);
        }
    }
    demand(any, "no container");
    faults
}

fn pod_of(tenant: &str) -> Value {
    let pieces = pieces(tenant);
    let deployment = pieces
        .iter()
        .find(|piece| piece.kind == Kind::Deployment)
        .unwrap();
    deployment.body["spec"]["template"]["spec"].clone()
}

#[test]
fn every_pod_is_restricted() {
    for (tenant, _) in TENANTS {
        assert_eq!(faults(&pod_of(tenant)), Vec::<String>::new(), "{tenant}");
    }
}

#[test]
fn the_only_credential_is_a_short_token_for_the_control_api() {
    let pod = pod_of("plain");
    let volumes = pod["volumes"].as_array().unwrap();
    let sources: Vec<&Value> = volumes
        .iter()
        .flat_map(|volume| {
            volume["projected"]["sources"]
                .as_array()
                .into_iter()
                .flatten()
        })
        .collect();
    let token = json!({ "serviceAccountToken": {
        "audience": "vaultpilot-control-api", "expirationSeconds": 600, "path": "token",
    } });
    assert_eq!(sources, [&token]);
    assert!(volumes.iter().all(|volume| volume["secret"].is_null()));
}

#[test]
fn every_other_object_is_of_a_kind_without_pods() {
    for (tenant, _) in TENANTS {
        for piece in pieces(tenant) {
            let has_pod = piece.body.pointer("/spec/template").is_some();
            assert_eq!(has_pod, piece.kind == Kind::Deployment, "{tenant}: {piece}");
        }
    }
}

#[test]
fn the_checker_finds_what_it_looks_for() {
    let good = pod_of("gateway");
    for (path, value, fault) in [
        ("/hostNetwork", json!(true), "hostNetwork"),
        ("/securityContext/runAsUser", json!(0), "uid below 10000"),
        ("/securityContext/seccompProfile", Value::Null, "seccomp"),
        (
            "/automountServiceAccountToken",
            json!(true),
            "service-account automount",
        ),
        (
            "/containers/0/securityContext/privileged",
            json!(true),
            "privileged",
        ),
        (
            "/containers/0/securityContext/capabilities/add",
            json!(["NET_ADMIN"]),
            "capabilities added",
        ),
        (
            "/containers/0/securityContext/readOnlyRootFilesystem",
            json!(false),
            "root file system can be written",
        ),
        (
            "/containers/0/resources/limits/memory",
            Value::Null,
            "memory without a limit",
        ),
        (
            "/containers/0/env",
            json!([{"name": "KEY", "value": "x"}]),
            "environment",
        ),
        (
            "/volumes/0",
            json!({"name": "host", "hostPath": {"path": "/"}}),
            "volume of another kind",
        ),
    ] {
        let mut bad = good.clone();
        let (parent, key) = path.rsplit_once('/').unwrap();
        match bad.pointer_mut(parent).unwrap() {
            Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
            map => map[key] = value,
        }
        assert!(faults(&bad).iter().any(|found| found == fault), "{path}");
    }
}
