//! How the pods do, and if they do not start, in their own words why.

use k8s_openapi::api::core::v1::{ContainerStatus, Pod};
use kube::ResourceExt as _;
use kube::api::DynamicObject;
use vaultpilot_crds::TenantCondition;
use vaultpilot_crds::tenant::RuntimeStatus;

use super::build::RUNTIME;
use crate::reason::Reason;
use crate::truth::{Finding, Findings, Truth, Weight};

const CONDITION: &str = TenantCondition::RuntimeAvailable.as_str();

/// What is waiting and heals by itself soon.
const STARTING: [&str; 2] = ["ContainerCreating", "PodInitializing"];

pub fn judge(
    deployment: Option<&DynamicObject>,
    pods: &[Pod],
    findings: &mut Findings,
) -> RuntimeStatus {
    let number = |path: &str| {
        let value = deployment.and_then(|deployment| deployment.data.pointer(path));
        let value = value
            .and_then(serde_json::Value::as_i64)
            .unwrap_or_default();
        i32::try_from(value).unwrap_or(i32::MAX)
    };
    let desired = number("/spec/replicas");
    let ready = number("/status/readyReplicas");
    let updated = number("/status/updatedReplicas");
    let observed = number("/status/observedGeneration");
    let generation = deployment.and_then(|deployment| deployment.metadata.generation);
    let seen = generation.is_some_and(|generation| i64::from(observed) >= generation);
    if desired == 0 {
        findings.tells(CONDITION, false, Reason::Suspended, "no pods are asked for");
    } else if let Some(finding) = failing(pods) {
        findings.add(finding);
    } else if let Some((reason, message)) = refused(deployment) {
        findings.add(Finding {
            condition: CONDITION,
            truth: Truth::False,
            reason: reason.into(),
            message,
            weight: Weight::Needed,
        });
    } else if !seen || ready < desired || updated < desired {
        let message = format!("{ready} of {desired} pods are ready, {updated} of the newest kind");
        findings.fails(CONDITION, Reason::RollingOut, message);
    } else {
        findings.holds(CONDITION, format!("{ready} of {desired} pods are ready"));
    }
    RuntimeStatus {
        desired_replicas: desired,
        ready_replicas: ready,
        image_digest: pods.iter().find_map(image),
        idle_since: None,
    }
}

fn image(pod: &Pod) -> Option<String> {
    let status = pod.status.as_ref()?.container_statuses.as_ref()?.first()?;
    (!status.image_id.is_empty()).then(|| status.image_id.chars().take(512).collect())
}

/// The first pod that cannot start, or cannot stay.
fn failing(pods: &[Pod]) -> Option<Finding> {
    pods.iter().find_map(|pod| {
        let status = pod.status.as_ref()?;
        let containers = status.container_statuses.iter().flatten();
        let (reason, words) = containers
            .filter(|container| container.name == RUNTIME)
            .find_map(trouble)
            .or_else(|| unscheduled(pod))?;
        let way_out = way_out(&reason);
        Some(Finding {
            condition: CONDITION,
            truth: Truth::False,
            message: format!("pod {}: {reason}: {words}; {way_out}", pod.name_any()),
            reason: reason.into(),
            weight: Weight::Needed,
        })
    })
}

fn trouble(container: &ContainerStatus) -> Option<(String, String)> {
    let waiting = container.state.as_ref()?.waiting.as_ref()?;
    let reason = waiting.reason.clone()?;
    if STARTING.contains(&reason.as_str()) {
        return None;
    }
    let mut words = waiting.message.clone().unwrap_or_default();
    let last = container.last_state.as_ref();
    if let Some(ended) = last.and_then(|state| state.terminated.as_ref()) {
        let said = ended.message.as_deref().unwrap_or_default();
        words = format!("{words} (exit code {}) {said}", ended.exit_code);
    }
    Some((reason, words.trim().to_owned()))
}

fn unscheduled(pod: &Pod) -> Option<(String, String)> {
    let conditions = pod.status.as_ref()?.conditions.iter().flatten();
    conditions
        .filter(|condition| condition.type_ == "PodScheduled" && condition.status == "False")
        .find_map(|condition| condition.reason.clone().zip(condition.message.clone()))
}

fn way_out(reason: &str) -> &'static str {
    match reason {
        "ImagePullBackOff" | "ErrImagePull" | "ErrImageNeverPull" | "InvalidImageName" => {
            "set spec.runtime.image to an image the nodes can pull, or give them access to it"
        }
        "CrashLoopBackOff" => "read the pod's log; the last lines say what it missed",
        "CreateContainerConfigError" => {
            "a Secret or ConfigMap that the pod mounts is missing; see spec.chains[].rpcSecretRef"
        }
        "Unschedulable" => "give the cluster room, or ask for less in spec.runtime",
        _ => "see kubectl describe pod",
    }
}

/// What keeps pods from being made at all: a quota, an admission rule.
fn refused(deployment: Option<&DynamicObject>) -> Option<(String, String)> {
    let conditions = deployment?.data["status"]["conditions"].as_array()?;
    conditions
        .iter()
        .find(|condition| condition["type"] == "ReplicaFailure" && condition["status"] == "True")
        .map(|condition| {
            let text = |key: &str| condition[key].as_str().unwrap_or_default().to_owned();
            (text("reason"), text("message"))
        })
}
