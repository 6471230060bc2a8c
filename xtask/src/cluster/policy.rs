//! The part that makes `NetworkPolicy` objects hold: it turns them into packet filters.
//!
//! No network plugin that enforces them can be had from a registry of packages. This one is small
//! because the cluster has one node, whose kernel forwards every packet between two pods. Where it
//! does not know, it drops: packets of a pod that is not known yet, and all of them should the first
//! reading fail. What it refuses to be is a plugin for anything but a cluster of tests.

mod address;
mod filter;
mod object;
mod peer;
mod port;
mod selector;
mod watch;

#[cfg(test)]
mod tests;

pub(super) use watch::{READY, run};

use serde_json::{Value, json};

/// What it may read, and nothing else.
pub(super) fn access() -> Value {
    let name = "vaultpilot:network-policy";
    json!({"apiVersion": "v1", "kind": "List", "items": [
        {
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
            "metadata": {"name": name},
            "rules": [
                {"apiGroups": [""], "resources": ["pods", "namespaces"],
                    "verbs": ["get", "list", "watch"]},
                {"apiGroups": ["networking.k8s.io"], "resources": ["networkpolicies"],
                    "verbs": ["get", "list", "watch"]},
            ],
        },
        {
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                "name": name},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": name}],
        },
    ]})
}
