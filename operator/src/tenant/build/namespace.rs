//! The namespace: whose it is, and that nothing but restricted pods runs in it.

use k8s_openapi::api::core::v1::Namespace;
use kube::api::ObjectMeta;

use crate::mark;
use crate::piece::{Kind, Piece};
use crate::tenant::valid::ValidTenant;

const POD_SECURITY: [&str; 3] = ["enforce", "audit", "warn"];

pub(super) fn build(tenant: &ValidTenant) -> Piece {
    let mut labels = tenant.namespace_labels.clone();
    for mode in POD_SECURITY {
        let key = format!("pod-security.kubernetes.io/{mode}");
        labels.insert(key, "restricted".to_owned());
    }
    labels.extend(mark::labels(&tenant.name));
    let mut annotations = tenant.namespace_annotations.clone();
    annotations.extend(mark::annotations(&tenant.name));
    let origin = tenant.origin.as_str().to_owned();
    annotations.insert(mark::ORIGIN_ANNOTATION.to_owned(), origin);
    let namespace = Namespace {
        metadata: ObjectMeta {
            name: Some(tenant.namespace.to_string()),
            labels: Some(labels),
            annotations: Some(annotations),
            ..ObjectMeta::default()
        },
        ..Namespace::default()
    };
    Piece::new(Kind::Namespace, &namespace)
}
