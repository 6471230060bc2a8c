//! Requests the admission policies are there for, as people make them.

use std::time::Duration;

use serde_json::json;
use vaultpilot_e2e::Cluster;

use super::case::cases;
use super::manifest::{Scratch, create, name, namespace as namespace_of};

pub(super) const NAMESPACE: &str = "vp-kinds";
const OPERATOR: &str = "--as=system:serviceaccount:vaultpilot-system:vaultpilot-operator";
/// Whom the API server believes to be the operator, with the rights of an administrator: what the
/// operator may do by its role is not the question here.
const AS_OPERATOR: [&str; 2] = [OPERATOR, "--as-group=system:masters"];
const ONLY_THE_OPERATOR: &str = "is set by the VaultPilot operator only";

/// A tenant's namespace, once the policies are in force.
pub(super) async fn namespace(cluster: &Cluster) {
    let claim =
        json!({ "metadata": { "labels": { "vaultpilot.io/tenant": "kinds" } } }).to_string();
    cluster
        .kubectl(&["create", "namespace", NAMESPACE])
        .output();
    let patch = [
        "patch",
        "namespace",
        NAMESPACE,
        "--type=merge",
        "-p",
        &claim,
    ];
    let dry = [&patch[..], &["--dry-run=server"]].concat();
    // A policy that was just applied takes a moment.
    for _ in 0..100 {
        if !cluster.kubectl(&dry).ok {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    refused(cluster, &dry, ONLY_THE_OPERATOR);
    cluster
        .kubectl(&[&patch[..], &AS_OPERATOR].concat())
        .output();
}

pub(super) fn namespace_gone(cluster: &Cluster) {
    cluster
        .kubectl(&["delete", "namespace", NAMESPACE, "--wait=false"])
        .output();
}

pub(super) fn guards(cluster: &Cluster, scratch: &Scratch) {
    the_tenant_label(cluster);
    pod_security(cluster);
    tenancy(cluster, scratch);
    deletion(cluster, scratch);
}

fn the_tenant_label(cluster: &Cluster) {
    let other = r#"{"metadata":{"labels":{"vaultpilot.io/tenant":"other"}}}"#;
    let none = r#"{"metadata":{"labels":{"vaultpilot.io/tenant":null}}}"#;
    for patch in [other, none] {
        let arguments = ["patch", "namespace", NAMESPACE, "--type=merge", "-p", patch];
        refused(cluster, &arguments, ONLY_THE_OPERATOR);
        let by_status = [&arguments[..], &["--subresource=status"]].concat();
        refused(cluster, &by_status, ONLY_THE_OPERATOR);
    }
    let harmless = r#"{"metadata":{"labels":{"team":"payments"}}}"#;
    cluster
        .kubectl(&[
            "patch",
            "namespace",
            NAMESPACE,
            "--type=merge",
            "-p",
            harmless,
        ])
        .output();
}

fn pod_security(cluster: &Cluster) {
    let patch = r#"{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"privileged"}}}"#;
    let arguments = ["patch", "namespace", NAMESPACE, "--type=merge", "-p", patch];
    let message = "the pod security of a tenant's namespace is set by the VaultPilot operator only";
    refused(cluster, &arguments, message);
}

fn tenancy(cluster: &Cluster, scratch: &Scratch) {
    let message = "the namespace belongs to no tenant";
    for kind in ["wallet", "strategy", "policy"] {
        let mut object = cases(kind).remove(0).object;
        object["metadata"]["namespace"] = json!("default");
        let said = create(cluster, scratch, &object, true).complaint();
        assert!(said.contains(message), "{kind}: {said}");
    }
}

fn deletion(cluster: &Cluster, scratch: &Scratch) {
    for (kind, shown) in [
        ("tenant", "Tenant"),
        ("wallet", "Wallet"),
        ("strategy", "Strategy"),
    ] {
        let mut object = cases(kind).remove(0).object;
        object["spec"]["deletionProtection"] = json!(true);
        create(cluster, scratch, &object, false).output();
        let message = format!(
            "{shown} {} is protected from deletion; set spec.deletionProtection to false first",
            name(&object)
        );
        let mut arguments = vec!["delete", kind, name(&object)];
        let of = namespace_of(&object);
        if !of.is_empty() {
            arguments.extend(["-n", of]);
        }
        refused(cluster, &arguments, &message);
        refused(cluster, &[&arguments[..], &AS_OPERATOR].concat(), &message);
        // All of a kind in one request, as a namespace that goes would ask.
        let plural = match kind {
            "strategy" => "strategies".to_owned(),
            kind => format!("{kind}s"),
        };
        let all = match of {
            "" => format!("/apis/vaultpilot.io/v1alpha1/{plural}"),
            of => format!("/apis/vaultpilot.io/v1alpha1/namespaces/{of}/{plural}"),
        };
        refused(cluster, &["delete", "--raw", &all], &message);
        unprotect_and_delete(cluster, kind, &object);
    }
}

/// As the message of a refused deletion says.
pub(super) fn unprotect_and_delete(cluster: &Cluster, kind: &str, object: &serde_json::Value) {
    let mut place = vec![kind, name(object)];
    let of = namespace_of(object);
    if !of.is_empty() {
        place.extend(["-n", of]);
    }
    if kind != "policy" {
        let patch = r#"{"spec":{"deletionProtection":false}}"#;
        let patch = [&["patch"], &place[..], &["--type=merge", "-p", patch]].concat();
        cluster.kubectl(&patch).output();
    }
    cluster
        .kubectl(&[&["delete"], &place[..], &["--timeout=30s"]].concat())
        .output();
}

fn refused(cluster: &Cluster, arguments: &[&str], message: &str) {
    let said = cluster.kubectl(arguments).complaint();
    assert!(said.contains(message), "{arguments:?}: {said}");
}
