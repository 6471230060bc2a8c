//! The tenant's namespace.

use std::collections::BTreeMap;

use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use crate::value::{AnnotationValue, LabelValue, Name};

/// The namespace the tenant lives in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("has(self.name) == has(oldSelf.name) && (!has(self.name) || self.name == oldSelf.name)")
    .message("namespace.name is immutable: a tenant does not move; make a new one")
    .field_path(".name")
    .reason(Reason::FieldValueForbidden))]
pub struct TenantNamespace {
    /// `vp-` and the tenant's name when absent. It cannot be changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("self != 'default' && self != 'vaultpilot-system' && !self.startsWith('kube-')")
        .message("a tenant does not live in a namespace of the cluster or of the control plane"))]
    pub name: Option<Name>,
    /// Whether a namespace that exists already may be taken over. It must be empty of pods that
    /// are not the tenant's.
    #[serde(default)]
    pub adopt: bool,
    /// Added to the namespace.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = 32))]
    #[x_kube(validation = Rule::new("self.all(k, !k.startsWith('vaultpilot.io/') && !k.startsWith('pod-security.kubernetes.io/') && !k.startsWith('kubernetes.io/'))")
        .message("labels of vaultpilot.io, pod-security.kubernetes.io and kubernetes.io are not yours to set"))]
    pub labels: BTreeMap<String, LabelValue>,
    /// Added to the namespace.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = 32))]
    #[x_kube(validation = Rule::new("self.all(k, !k.startsWith('vaultpilot.io/') && !k.startsWith('scheduler.alpha.kubernetes.io/'))")
        .message("annotations of vaultpilot.io and scheduler.alpha.kubernetes.io are not yours to set"))]
    pub annotations: BTreeMap<String, AnnotationValue>,
}
