//! The restricted Pod Security Standard, and what this house asks beyond it, as a list of what a
//! pod breaks.

use serde_json::Value;

use crate::object::{Pod, items};

const VOLUMES: [&str; 8] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

pub(crate) fn broken(pod: &Pod) -> Vec<String> {
    let mut broken = of_pod(&pod.spec);
    for container in pod.containers() {
        let name = container["name"].as_str().unwrap_or("?");
        let said = of_container(&pod.spec, container);
        broken.extend(said.into_iter().map(|what| format!("{name}: {what}")));
    }
    if pod.containers().next().is_none() {
        broken.push("has no container".into());
    }
    broken
}

fn of_pod(spec: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    let context = &spec["securityContext"];
    for host in ["hostNetwork", "hostPID", "hostIPC"] {
        if spec[host] == true {
            broken.push(format!("{host} is set"));
        }
    }
    for volume in items(&spec["volumes"]) {
        let fields = volume.as_object().into_iter().flatten();
        for (kind, _) in fields.filter(|(key, _)| *key != "name") {
            if !VOLUMES.contains(&kind.as_str()) {
                broken.push(format!("a volume is a {kind}"));
            }
        }
    }
    if context["sysctls"].is_array() {
        broken.push("sets sysctls".into());
    }
    if context["runAsUser"].as_u64().is_none_or(|user| user == 0) {
        broken.push("runs as no named user, or as root".into());
    }
    if spec["enableServiceLinks"] != false {
        broken.push("has links to Services in its environment".into());
    }
    if !spec["automountServiceAccountToken"].is_boolean() {
        broken.push("does not say whether it has a token".into());
    }
    if spec["serviceAccountName"]
        .as_str()
        .is_none_or(|name| name == "default")
    {
        broken.push("has no ServiceAccount of its own".into());
    }
    broken
}

fn of_container(spec: &Value, container: &Value) -> Vec<String> {
    let (whole, own) = (&spec["securityContext"], &container["securityContext"]);
    let either = |field: &str| {
        let own = &own[field];
        if own.is_null() { &whole[field] } else { own }
    };
    let mut broken = Vec::new();
    let mut want = |holds: bool, what: &str| {
        if !holds {
            broken.push(what.to_owned());
        }
    };
    want(either("runAsNonRoot") == true, "may run as root");
    want(own["runAsUser"] != 0, "runs as root");
    let seccomp = either("seccompProfile")["type"].as_str();
    want(
        matches!(seccomp, Some("RuntimeDefault" | "Localhost")),
        "has no seccomp profile",
    );
    want(
        own["allowPrivilegeEscalation"] == false,
        "may gain privileges",
    );
    want(own["privileged"] != true, "is privileged");
    want(
        items(&own["capabilities"]["drop"]).any(|one| one == "ALL"),
        "keeps capabilities",
    );
    want(
        items(&own["capabilities"]["add"]).all(|one| one == "NET_BIND_SERVICE"),
        "adds capabilities",
    );
    want(
        own["procMount"].is_null() || own["procMount"] == "Default",
        "sees /proc bare",
    );
    want(
        own["readOnlyRootFilesystem"] == true,
        "may write to its root",
    );
    want(
        items(&container["ports"]).all(|port| port["hostPort"].is_null()),
        "takes a port of the node",
    );
    let resources = &container["resources"];
    want(
        resources["limits"]["memory"].is_string()
            && resources["limits"]["memory"] == resources["requests"]["memory"],
        "asks for other memory than its limit",
    );
    broken
}
